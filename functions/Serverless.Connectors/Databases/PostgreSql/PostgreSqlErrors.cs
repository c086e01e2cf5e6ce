using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Npgsql;
using Serverless.Connectors.Databases.Common;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>What PostgreSQL's errors, and those on the way to it, mean and say.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>What an exception means for the rows of a statement.</summary>
    public static DatabaseFailure Classify(Exception exception) => exception switch
    {
        PostgresException e => Classify(e.SqlState),
        EncoderFallbackException => DatabaseFailure.Rows,
        TimeoutException => DatabaseFailure.Passing,
        // What the client says of itself: no password where one is needed, no TLS at the server.
        NpgsqlException { InnerException: null } => DatabaseFailure.Setup,
        NpgsqlException { InnerException: { } inner } => Classify(inner),
        // A file of certificates that is not there is an IOException too, but none that passes.
        FileNotFoundException or DirectoryNotFoundException => DatabaseFailure.Setup,
        IOException or SocketException or InvalidOperationException => DatabaseFailure.Connection,
        _ => DatabaseFailure.Setup,
    };

    /// <summary>What an exception says: the database's own words and code, and for the frequent ones what to do.</summary>
    public static string Describe(Exception exception, SinkTable table, DatabaseAddress address) => exception switch
    {
        PostgresException e => $"{e.MessageText}{Key(e)} (SQLSTATE {e.SqlState}){Remedy(e.SqlState, table, address)}",
        NpgsqlException { InnerException: AuthenticationException e } =>
            $"{e.Message}: if the certificate is right, name the file of its authority's (PEM) in 'connection.ssl.root-cert.location'",
        NpgsqlException { InnerException: null } e when address.Tls >= TlsMode.Required && e.Message.StartsWith("SSL connection requested", StringComparison.Ordinal) =>
            "the server does not offer TLS: turn it on there, or, where the network is safe, write 'connection.ssl.mode' = 'disable'",
        { InnerException: { } inner } when !exception.Message.Contains(inner.Message, StringComparison.Ordinal) => $"{exception.Message}: {inner.Message}",
        _ => exception.Message,
    };

    private static DatabaseFailure Classify(string state) => state[..2] switch
    {
        // The value, a constraint, too large; a trigger that says no.
        "22" or "23" or "54" or "44" or "P0" => DatabaseFailure.Rows,
        "08" => DatabaseFailure.Connection,
        _ when state.StartsWith("57P0", StringComparison.Ordinal) => DatabaseFailure.Connection,
        // Deadlocks, resources, the server's own troubles: a script can do nothing about them.
        "40" or "53" or "58" or "XX" => DatabaseFailure.Passing,
        _ when state is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ObjectInUse
            or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.QueryCanceled => DatabaseFailure.Passing,
        _ => DatabaseFailure.Setup,
    };

    // Which key it is that is there already, or is not there.
    private static string Key(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation && e.Detail is { } detail ? $": {detail.TrimEnd('.')}" : "";

    private static string Remedy(string state, SinkTable table, DatabaseAddress address) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => ": check 'username' and 'password'",
        PostgresErrorCodes.InvalidCatalogName => $": create the database, or correct its name in the script ('{address.Database}')",
        PostgresErrorCodes.UndefinedTable => ": create it with what serverless-sql ddl prints, or correct its name in the script",
        PostgresErrorCodes.InvalidSchemaName => ": create the schema, or correct the table's name in the script",
        PostgresErrorCodes.UndefinedColumn => ": add the column to the table (serverless-sql ddl prints what the script needs), or take it out of the script",
        PostgresErrorCodes.DatatypeMismatch => ": change the column's type in the table (serverless-sql ddl prints what the script needs) or in the script",
        PostgresErrorCodes.InvalidColumnReference =>
            $": the table needs the script's primary key, ({string.Join(", ", table.Definition.PrimaryKey.Select(i => table.Definition.Columns[i].Name))})",
        PostgresErrorCodes.CardinalityViolation =>
            $": two keys of the query are one in the database, whose columns ({string.Join(", ", table.Definition.PrimaryKey.Select(i => table.Definition.Columns[i].Name))}) hold less than the script's; serverless-sql check --connect names the column",
        PostgresErrorCodes.InsufficientPrivilege =>
            $": GRANT SELECT, INSERT, UPDATE, DELETE ON {table.FullName} TO {PostgreSqlStatements.Quote(address.Username)}, and USAGE on its schema",
        _ => "",
    };
}
