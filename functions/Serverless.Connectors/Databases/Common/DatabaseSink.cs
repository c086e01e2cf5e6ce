using Microsoft.Extensions.Logging;
using Serverless.Connectors.Telemetry;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Connectors.Databases.Common;

/// <summary>
/// A table of a database server. A write is a few statements, each a transaction of its own; rows that the database refuses for good are found by
/// halving. What passes by itself is the caller's to try again: writes are idempotent.
/// </summary>
/// <param name="database">The connection; its to dispose of.</param>
/// <param name="table">The table.</param>
/// <param name="place">Where the database is, for messages.</param>
/// <param name="findings">Compares the table with the database's.</param>
/// <param name="logger">Told what may go wrong with the table.</param>
internal sealed class DatabaseSink(IDatabase database, SinkTable table, string place, Func<ActualTable?, IReadOnlyList<TableDiagnostic>> findings, ILogger logger) : ISink
{
    /// <inheritdoc />
    public int MaxRows => table.MaxRows;

    /// <summary>The SQL that creates a missing table; null if it must not be created.</summary>
    internal Dialect? Creates { get; init; }

    /// <summary>Connects, and makes sure that rows could be written.</summary>
    /// <exception cref="SinkUnavailableException">The database cannot be reached now.</exception>
    /// <exception cref="ConnectorException">The table is not as the script needs it, or the user may not.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.ConnectAsync(cancellationToken);
            var actual = await database.InspectAsync(cancellationToken);
            if (actual is null && Creates is { } dialect)
            {
                await database.CreateAsync(dialect, cancellationToken);
                logger.LogInformation(LogNotice.Id, "Table {Table} is made, at {Place}", table.FullName, place);
                actual = await database.InspectAsync(cancellationToken);
            }
            var found = findings(actual);
            var errors = found.Where(f => f.Severity == Severity.Error).Select(f => f.Message).ToList();
            if (errors.Count > 0)
                throw new ConnectorException(string.Join('\n', errors));
            foreach (var finding in found)
                logger.LogWarning("{Finding}", finding.Message);
            await database.UpsertAsync([], cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ConnectorException))
        {
            await database.DisconnectAsync();
            throw database.Classify(e) is DatabaseFailure.Passing or DatabaseFailure.Connection
                ? new SinkUnavailableException(Message(e), e)
                : new ConnectorException(Message(e), e);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        // An idle connection may be gone without our knowing: then, and once, the rows go over a new one at once.
        var mayReconnect = database.IsConnected;
        while (true)
        {
            try
            {
                if (!database.IsConnected)
                    await database.ConnectAsync(cancellationToken);
                List<RefusedChange> refused = [];
                if (table.Deletes != DeleteStrategy.Ignore)
                    await WriteAsync(changes.Where(c => c.IsDelete), database.DeleteAsync, refused, cancellationToken);
                await WriteAsync(changes.Where(c => !c.IsDelete), database.UpsertAsync, refused, cancellationToken);
                return refused;
            }
            catch (Exception e)
            {
                // Cancelled or failed half way, a connection is in no state that is known.
                await database.DisconnectAsync();
                if (e is OperationCanceledException)
                    throw;
                if (!mayReconnect || database.Classify(e) != DatabaseFailure.Connection)
                    throw new SinkUnavailableException(Message(e), e);
                mayReconnect = false;
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => database.DisposeAsync();

    private async Task WriteAsync(
        IEnumerable<RowChange> changes, Func<IReadOnlyList<RowChange>, CancellationToken, Task> write, List<RefusedChange> refused, CancellationToken cancellationToken)
    {
        foreach (var rows in Statements(changes))
            await WriteStatementAsync(rows, write, refused, cancellationToken);
    }

    private async Task WriteStatementAsync(
        ArraySegment<RowChange> rows, Func<IReadOnlyList<RowChange>, CancellationToken, Task> write, List<RefusedChange> refused, CancellationToken cancellationToken)
    {
        try
        {
            await write(rows, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && database.Classify(e) == DatabaseFailure.Rows)
        {
            if (rows.Count == 1)
            {
                refused.Add(new RefusedChange(rows[0], database.Describe(e)));
                return;
            }
            var half = rows.Count / 2;
            await WriteStatementAsync(rows[..half], write, refused, cancellationToken);
            await WriteStatementAsync(rows[half..], write, refused, cancellationToken);
        }
    }

    private IEnumerable<ArraySegment<RowChange>> Statements(IEnumerable<RowChange> changes)
    {
        var statement = new List<RowChange>();
        var bytes = 0L;
        foreach (var change in changes)
        {
            var size = SizeOf(change);
            if (statement.Count > 0 && (statement.Count == table.MaxRows || bytes + size > table.MaxBytes))
            {
                yield return statement.ToArray();
                statement.Clear();
                bytes = 0;
            }
            statement.Add(change);
            bytes += size;
        }
        if (statement.Count > 0)
            yield return statement.ToArray();
    }

    // What a value takes up on its way, roughly.
    private static long SizeOf(RowChange change)
    {
        var size = 0L;
        foreach (var value in change.Values)
            size += value switch { string text => 4 + 2 * text.Length, byte[] bytes => 4 + bytes.Length, _ => 12 };
        return size;
    }

    private string Message(Exception e) => $"table '{table.FullName}' at {place}: {database.Describe(e)}";
}
