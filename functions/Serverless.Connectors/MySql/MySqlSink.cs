using Microsoft.Extensions.Logging;
using Serverless.Connectors.Databases;

namespace Serverless.Connectors.MySql;

/// <summary>Makes sinks of tables in MySQL, and in what speaks its protocol.</summary>
internal static class MySqlSink
{
    /// <summary>Makes one; it connects when opened.</summary>
    public static ISink Create(SinkTable table, DatabaseAddress address, ILoggerFactory loggers) => new DatabaseSink(
        new MySqlDatabase(table, address), table, address.Place, actual => TableComparison.Compare(table, actual), loggers.CreateLogger<DatabaseSink>());
}
