using Microsoft.Extensions.Logging;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Lookup;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Common;

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
    public ITableReader CreateReader() => new DatabaseTableReader(Reading(ReadLimits.Of(Address)), Select, Place);

    /// <summary>Makes what looks rows up in the table; it connects when opened.</summary>
    /// <param name="lookup">What is known and wanted of it.</param>
    /// <param name="cache">Keeps what it answered; null for nothing.</param>
    /// <param name="logger">Told what may go wrong with the table.</param>
    public ITableLookup CreateLookup(DataflowLookup lookup, LookupCache? cache, ILogger logger) =>
        new DatabaseLookup(Reading(Address), Select, lookup, cache, Place, cancellationToken => InspectLookupAsync(lookup, cancellationToken), logger);

    /// <summary>Makes what reads the table's rows once; it connects when it is read.</summary>
    /// <param name="positions">Keeps how many rows were read; null for nowhere.</param>
    /// <param name="logger">Told what is waited for.</param>
    public ISource CreateSource(IPositionStore? positions, ILogger logger)
    {
        var all = new DataflowLookup(Table.Definition, [], new([.. Enumerable.Range(0, Table.Definition.Columns.Count)]));
        return new TableSource(
            Reading(Address with { StatementTimeout = ScanTimeout }), Select, Table.Definition, Place, cancellationToken => InspectLookupAsync(all, cancellationToken), positions, logger);
    }

    private static readonly TimeSpan ScanTimeout = TimeSpan.FromMinutes(30);

    /// <summary>Finds out, at the database, what would keep rows from being looked up. What goes wrong on the way is thrown.</summary>
    private async Task<IReadOnlyList<TableDiagnostic>> InspectLookupAsync(DataflowLookup lookup, CancellationToken cancellationToken)
    {
        await using var database = Connect();
        await database.ConnectAsync(cancellationToken);
        return LookupComparison.Compare(Table, lookup, await database.InspectAsync(cancellationToken), Dialect);
    }

    /// <summary>Finds out, at the database, what would keep rows from being looked up; among it, that the database cannot be reached.</summary>
    public async Task<IReadOnlyList<TableDiagnostic>> FindingsOfAsync(DataflowLookup lookup, CancellationToken cancellationToken)
    {
        try
        {
            return await InspectLookupAsync(lookup, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            await using var database = Connect();
            return [new TableDiagnostic(Severity.Error, null, $"{Place}: {database.Describe(e)}")];
        }
    }

    private string Place => $"table '{Table.FullName}' at {Address.Place}";

    private TableSelect Select => Dialect is MySqlDialect ? new MySqlSelect(Table) : new PostgreSqlSelect(Table);

    private IReading Reading(DatabaseAddress address) => Dialect is MySqlDialect ? new MySqlReading(Table, address) : new PostgreSqlReading(Table, address);

    /// <summary>Asks the database what would prevent rows from being written, or make them wrong. A failure to ask is a finding, too.</summary>
    public async Task<IReadOnlyList<TableDiagnostic>> InspectAsync(CancellationToken cancellationToken)
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
            return [new TableDiagnostic(Severity.Error, null, $"{Place}: {database.Describe(e)}")];
        }
    }
}
