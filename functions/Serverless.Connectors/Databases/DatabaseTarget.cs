using Microsoft.Extensions.Logging;
using Serverless.Connectors.MySql;
using Serverless.Connectors.Tables;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases;

/// <summary>A table in a database with a known address, as a script's options describe it.</summary>
/// <param name="Table">The table and how it is written.</param>
/// <param name="Address">The database.</param>
/// <param name="Dialect">Its SQL.</param>
/// <param name="Connect">Makes a connection to it, not connected yet.</param>
internal sealed record DatabaseTarget(SinkTable Table, DatabaseAddress Address, Dialect Dialect, Func<IDatabase> Connect)
{
    /// <summary>Makes the sink; it connects when opened.</summary>
    /// <param name="logger">Told what may go wrong with the table.</param>
    /// <param name="createsTable">Whether a table that is not there is made.</param>
    public ISink CreateSink(ILogger logger, bool createsTable = false) =>
        new DatabaseSink(Connect(), Table, Address.Place, actual => TableComparison.Compare(Table, actual, Dialect), logger) { Creates = createsTable ? Dialect : null };

    /// <summary>Makes what reads the table; it connects when asked.</summary>
    public ITableReader CreateReader() => Dialect is MySqlDialect
        ? new DatabaseTableReader(new MySqlReading(Table, Address), new MySqlSelect(Table), $"table '{Table.FullName}' at {Address.Place}")
        : new DatabaseTableReader(new PostgreSqlReading(Table, Address), new PostgreSqlSelect(Table), $"table '{Table.FullName}' at {Address.Place}");

    /// <summary>Asks the database what would prevent rows from being written, or make them wrong. A failure to ask is a finding, too.</summary>
    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellationToken)
    {
        await using var database = Connect();
        try
        {
            await database.ConnectAsync(cancellationToken);
            var findings = TableComparison.Compare(Table, await database.InspectAsync(cancellationToken), Dialect);
            // What no catalog says, a statement without rows does.
            if (!findings.Any(f => f.Severity == Severity.Error))
                await database.UpsertAsync([], cancellationToken);
            return findings;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return [new Finding(Severity.Error, null, $"table '{Table.FullName}' at {Address.Place}: {database.Describe(e)}")];
        }
    }
}
