using System.Net;

namespace Serverless.Connectors.Databases.Common;

/// <summary>How far a connection is protected on its way.</summary>
internal enum TlsMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Where the server offers it: for loopback.</summary>
    Preferred,

    /// <summary>Encrypted; whose certificate it is is not looked at.</summary>
    Required,

    /// <summary>Encrypted, with a certificate of an authority that is trusted.</summary>
    VerifyCa,

    /// <summary>As <see cref="VerifyCa"/>, and the certificate must be issued for the host.</summary>
    VerifyFull,
}

/// <summary>A database's address and user. Its text does not contain the password.</summary>
/// <param name="Host">The host's name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">The database.</param>
/// <param name="Username">The user.</param>
/// <param name="Password">The user's password.</param>
/// <param name="Tls">How the connection is protected.</param>
internal sealed record DatabaseAddress(string Host, int Port, string Database, string Username, string Password, TlsMode Tls)
{
    /// <summary>A file of certificates (PEM) to trust instead of the system's; null for the system's.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>Whether a server without TLS may be asked for the key that the password is sent under, as MySQL 8 wants.</summary>
    public bool AllowsPublicKeyRetrieval { get; init; }

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement may take, so that a write in flight ends before another process takes over its part.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where it is, for messages: <c>host:port/database</c>.</summary>
    public string Place => $"{Host}:{Port}/{Database}";

    /// <summary>Whether a host is this machine, so that nobody can listen in between.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>How a connection is protected where the script does not say.</summary>
    public static TlsMode DefaultTls(string host) => IsLoopback(host) ? TlsMode.Preferred : TlsMode.Required;

    /// <inheritdoc />
    public override string ToString() => Place;
}
