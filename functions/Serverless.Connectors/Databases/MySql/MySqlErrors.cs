using System.Net.Sockets;
using System.Security.Authentication;
using MySqlConnector;
using Serverless.Connectors.Databases.Common;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>What the errors of MySQL, MariaDB and the driver mean.</summary>
internal static class MySqlErrors
{
    // Values that are refused for good, and statements that are too large, where SQLSTATE does not say so.
    private static readonly HashSet<int> Rows =
    [
        1118, // the row is larger than a page
        1153, // the statement is larger than max_allowed_packet
        1162, 1301, // a text is
        1265, // a number with other characters, an ENUM's value that is none
        1292, // a date that is none
        1300, 1366, // text that the column's character set has not
        1367, 1411, // a value that cannot be parsed
        1470, 1742, // too long
        1526, 1591, 1748, // no partition takes the row
        1713, // the row is larger than an undo page
        3819, 4025, // a CHECK
    ];

    // What another try may not meet.
    private static readonly HashSet<int> Passing =
    [
        -1, // the statement took too long, says the driver
        1020, 1412, 1615, // changed in the meantime
        1021, 1114, // disk full
        1037, 1038, 1041, 1135, // no memory, no thread
        1040, 1203, 1226, // connections, of all and of the user
        1129, // the host is blocked after failures
        1180, 1181, // COMMIT failed
        1205, 1206, 1213, 1614, // locks
        1223, 1290, 1792, 1836, // the server reads only: a failover, a backup, a full disk
        1317, 1969, 3024, // interrupted, by whom or what
        1637, // transactions of all
        3100, 3101, // the group of servers
    ];

    private static readonly HashSet<int> Connection =
    [
        1043, 1047, 1053, 1077, 1078, 1079, 1080, 1152, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1927, 2002, 2003, 2006, 2013,
        3169, 4031,
    ];

    /// <summary>What an exception means for the rows of its statement.</summary>
    public static DatabaseFailure Classify(Exception exception) => exception switch
    {
        MySqlTooLargeException => DatabaseFailure.Rows,
        MySqlException e => Classify(e),
        // A connection that is gone: the driver says so in many ways.
        IOException or SocketException or TimeoutException or ObjectDisposedException or InvalidOperationException => DatabaseFailure.Connection,
        _ => DatabaseFailure.Setup,
    };

    /// <summary>What an exception says, with the code and, for what people often meet, what to do.</summary>
    public static string Describe(Exception exception)
    {
        if (exception is not MySqlException e)
            return exception.Message;
        var code = e.Number > 0 ? $" (MySQL error {e.Number})" : "";
        var cause = e.InnerException is { } inner && inner.Message != e.Message ? $": {inner.Message.TrimEnd('.')}" : "";
        return $"{e.Message.TrimEnd('.')}{cause}{code}{Remedy(e)}";
    }

    private static DatabaseFailure Classify(MySqlException e) => e.Number switch
    {
        // The driver's own, for all that keeps it from connecting, sending or reading.
        0 or 1042 => MustBeMended(e) ? DatabaseFailure.Setup : DatabaseFailure.Connection,
        var number when Passing.Contains(number) => DatabaseFailure.Passing,
        var number when Rows.Contains(number) => DatabaseFailure.Rows,
        var number when Connection.Contains(number) => DatabaseFailure.Connection,
        _ => e.SqlState is not { Length: 5 } state ? DatabaseFailure.Setup : state[..2] switch
        {
            "22" or "23" or "45" => DatabaseFailure.Rows, // 45 is a trigger's own
            "40" => DatabaseFailure.Passing,
            "08" => DatabaseFailure.Connection,
            _ => DatabaseFailure.Setup,
        },
    };

    // TLS or a way to log in that one side has and the other has not, or a file of certificates that is none.
    private static bool MustBeMended(MySqlException e) =>
        e.InnerException is AuthenticationException || IsAbout(e, "SSL") || IsAbout(e, "certificate") || IsAbout(e, "secure connection") || IsAbout(e, "public key");

    private static string Remedy(MySqlException e) => e.Number switch
    {
        1042 when IsAbout(e, "does not support SSL") =>
            ": turn TLS on there, or, where the network is safe, write 'connection.ssl.mode' = 'disable'",
        1042 when e.InnerException is AuthenticationException =>
            ": if the certificate is right, name the file of its authority's (PEM) in 'connection.ssl.root-cert.location'",
        1042 when IsAbout(e, "AllowPublicKeyRetrieval") || IsAbout(e, "secure connection") =>
            ": leave TLS on, or write allowPublicKeyRetrieval=true in the URL",
        1044 or 1142 or 1143 => ": the user needs the privileges INSERT, UPDATE, DELETE and SELECT on the table: GRANT them",
        1045 or 1698 => ": check the user's name and password",
        1049 => ": create the database, or correct its name in the script",
        1054 => ": add the column to the table (serverless-sql ddl prints what the script needs), or take it out of the script",
        1130 => ": let this machine's address in (RDS: its whitelist)",
        1146 => ": create it with what serverless-sql ddl prints, or correct its name in the script",
        1153 => ": raise the server's max_allowed_packet",
        1364 => ": give the column a default, or fill it in the script",
        _ => "",
    };

    private static bool IsAbout(MySqlException e, string words) => e.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
