using Microsoft.Extensions.Logging;
using Serverless.Connectors.Databases;

namespace Serverless.Connectors.PostgreSql;

/// <summary>Makes sinks of tables in PostgreSQL and Hologres.</summary>
internal static class PostgreSqlSink
{
    /// <summary>Makes one; it connects when opened.</summary>
    public static ISink Create(SinkTable table, DatabaseAddress address, Dialect dialect, ILoggerFactory loggers) => new DatabaseSink(
        new PostgreSqlDatabase(table, address), table, address.Place, actual => TableComparison.Compare(table, actual, dialect), loggers.CreateLogger<DatabaseSink>());
}
