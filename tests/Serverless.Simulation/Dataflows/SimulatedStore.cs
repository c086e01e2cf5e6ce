using Microsoft.Data.Sqlite;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;
using Serverless.Local;
using Serverless.Local.Running;

namespace Serverless.Simulation.Dataflows;

/// <summary>The state's file, in which a process is killed before a transaction, in the middle of it, or after it; with a mistake if there is one.</summary>
internal sealed class SimulatedStore(StateFile file, IDataflowStore inner, Random random, DataflowFaults faults, DataflowBug bug, Action<string> trace) : IDataflowStore
{
    // What the transaction writes last is what must not be there without the rest.
    private static readonly string[] Moments =
    [
        "INSERT ON stages",
        $"INSERT ON stages WHEN NEW.stage = {Dataflow.OffsetsStage}",
        "DELETE ON stages",
        "INSERT ON outbox",
        "UPDATE ON outbox",
        "DELETE ON outbox",
    ];

    public ValueTask LoadAsync(int stage, IReadOnlyList<byte[]> keys, LoadState load, CancellationToken cancellationToken) => inner.LoadAsync(stage, keys, load, cancellationToken);

    public async Task<(byte[]? Offsets, IReadOnlyList<RowChange> Rows)> LoadStagesAsync(CancellationToken cancellationToken)
    {
        var (offsets, rows) = await inner.LoadStagesAsync(cancellationToken);
        trace($"goes on {(offsets is null ? "from nothing" : $"with {rows.Count} rows that wait")}");
        return (offsets, bug == DataflowBug.LoseWaitingRows ? [] : rows);
    }

    public async Task<long> SaveStagesAsync(
        IReadOnlyList<(int Stage, byte[] Key, byte[] State)> states, IReadOnlyList<RowChange> waiting, IReadOnlyList<(string Key, bool IsThere)> written, CancellationToken cancellationToken)
    {
        faults.MayKill("before the state is stored");
        var last = states.Max(s => s.Stage);
        var (offsets, others) = (states.Where(s => s.Stage == Dataflow.OffsetsStage).ToList(), states.Where(s => s.Stage != Dataflow.OffsetsStage).ToList());
        (IReadOnlyList<(int, byte[], byte[])>, IReadOnlyList<RowChange>, IReadOnlyList<(string Key, bool IsThere)>)[] transactions = bug switch
        {
            DataflowBug.StoreOffsetsBeforeState => [(offsets, [], []), (others, waiting, written)],
            DataflowBug.StoreOffsetsAfterState => [(others, waiting, written), (offsets, [], [])],
            DataflowBug.StoreWaitingRowsAfterState => [(states, [], written), ([], waiting, [])],
            DataflowBug.KeepDeletedKeys => [([.. states.Where(s => s.State.Length > 0)], waiting, written)],
            DataflowBug.ForgetAStage => [([.. states.Where(s => s.Stage < 0 || s.Stage != last)], waiting, written)],
            _ => [(states, waiting, written)],
        };
        var keys = 0L;
        for (var i = 0; i < transactions.Length; i++)
        {
            if (i > 0)
                faults.MayKill("between two transactions");
            var (some, rows, gone) = transactions[i];
            keys = await SaveAsync(some, rows, gone, cancellationToken);
        }

        trace($"stores {states.Count} states, {waiting.Count} rows that wait and {written.Count} that do not");
        faults.MayKill("after the state was stored");
        return keys;
    }

    private async Task<long> SaveAsync(
        IReadOnlyList<(int Stage, byte[] Key, byte[] State)> states, IReadOnlyList<RowChange> waiting, IReadOnlyList<(string Key, bool IsThere)> written, CancellationToken cancellationToken)
    {
        if (!faults.IsDue("in the transaction"))
            return await inner.SaveStagesAsync(states, waiting, written, cancellationToken);
        // It ends with the statement that meets the trigger, and with it the transaction.
        var moment = Moments[random.Next(Moments.Length)];
        await ExecuteAsync($"CREATE TEMP TRIGGER killed BEFORE {moment.Replace(" WHEN", "\nWHEN", StringComparison.Ordinal)} BEGIN SELECT RAISE(ABORT, 'killed'); END", cancellationToken);
        try
        {
            return await inner.SaveStagesAsync(states, waiting, written, cancellationToken);
        }
        catch (CommandException e) when (e.InnerException is SqliteException or null && e.Message.Contains("killed", StringComparison.Ordinal))
        {
            faults.Kill($"in the transaction, before {moment}");
            throw;
        }
        finally
        {
            await ExecuteAsync("DROP TRIGGER killed", cancellationToken);
        }
    }

    private Task<bool> ExecuteAsync(string sql, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(connection, sql);
        return true;
    }, cancellationToken);
}
