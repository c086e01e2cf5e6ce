namespace Serverless.Connectors.Databases.Common;

/// <summary>What a JDBC URL says, <c>jdbc:mysql://host:3306/database?useSSL=true</c> or <c>jdbc:postgresql://…</c>, as far as it means something here.</summary>
/// <param name="Kind">The database's kind.</param>
/// <param name="Host">The host's name or address, without brackets.</param>
/// <param name="Port">The port; the kind's own where the URL names none.</param>
/// <param name="Database">The database.</param>
internal sealed record JdbcUrl(DatabaseKind Kind, string Host, int Port, string Database)
{
    /// <summary>How the connection is protected; null if the URL does not say.</summary>
    public TlsMode? Tls { get; init; }

    /// <summary>A file of certificates (PEM) to trust instead of the system's; null if the URL names none.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>Whether a server without TLS may be asked for the key that the password is sent under.</summary>
    public bool AllowsPublicKeyRetrieval { get; init; }

    /// <summary>How long connecting may take; null if the URL does not say.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>How long an answer may take; null if the URL does not say.</summary>
    public TimeSpan? SocketTimeout { get; init; }

    /// <summary>The schema of tables that are named without one; null if the URL names none.</summary>
    public string? Schema { get; init; }

    /// <summary>
    /// Reads a URL. Placeholders are text of which nothing is known: a URL is checked before they have values, and read when they have.
    /// </summary>
    /// <param name="text">The URL.</param>
    /// <param name="diagnostics">Told what there is to say; errors among it mean that there is no result.</param>
    /// <param name="kinds">The kinds it may be of.</param>
    /// <returns>The URL; null if it has errors, or where a placeholder hides what it is.</returns>
    public static JdbcUrl? Parse(string text, ICollection<UrlDiagnostic> diagnostics, params DatabaseKind[] kinds) => new JdbcUrlParser(text, diagnostics).Parse(kinds);

    /// <summary>The database that the URL names.</summary>
    public DatabaseAddress ToAddress(string username, string password)
    {
        var address = new DatabaseAddress(Host, Port, Database, username, password, Tls ?? DatabaseAddress.DefaultTls(Host))
        {
            RootCertificate = RootCertificate,
            AllowsPublicKeyRetrieval = AllowsPublicKeyRetrieval,
        };
        // A statement may not take longer than without the URL's word: another process may be waiting for its end.
        return address with
        {
            ConnectTimeout = ConnectTimeout ?? address.ConnectTimeout,
            StatementTimeout = SocketTimeout < address.StatementTimeout ? SocketTimeout.Value : address.StatementTimeout,
        };
    }
}
