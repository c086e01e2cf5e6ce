using Serverless.Connectors;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Simulation.Dataflows;

/// <summary>A table with a primary key. Now and then it is away, has written part of what it was given, or its answer is lost.</summary>
internal sealed class SimulatedSink(Dictionary<string, object?[]> rows, Random random, DataflowFaults faults, DataflowBug bug, Action<string> trace) : ISink
{
    private readonly List<RowChange> _acknowledged = [];

    public int MaxRows { get; } = random.Next(1, 8);

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        faults.MayBeAway("the table");
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        faults.MayKill("before rows are written");
        faults.MayBeAway("the table");
        if (bug == DataflowBug.AcknowledgeBeforeWriting)
        {
            // Written with what comes next.
            var before = _acknowledged.ToList();
            _acknowledged.Clear();
            _acknowledged.AddRange(changes);
            changes = before;
        }

        foreach (var change in changes)
        {
            trace($"writes {(change.IsDelete ? "no " : "")}{change.Key} of version {change.Version.Events}");
            if (change.IsDelete)
                rows.Remove(change.Key);
            else
                rows[change.Key] = change.Values;
            if (random.Next(4) == 0)
                faults.MayKill("while rows are written");
        }

        faults.MayBeAway("the answer of the table");
        faults.MayKill("after rows were written");
        return Task.FromResult<IReadOnlyList<RefusedChange>>([]);
    }

    public async ValueTask DisposeAsync()
    {
        // Who closes it properly loses nothing.
        if (_acknowledged.Count > 0 && !faults.IsActive)
            await WriteAsync([], CancellationToken.None);
    }
}

/// <summary>Dead letters: those of records, each once however often it is written.</summary>
internal sealed class SimulatedLetters(SortedSet<string> records, DataflowFaults faults) : IDeadLetters
{
    public string Place => "memory";

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        faults.MayKill("before dead letters are written");
        foreach (var letter in letters.Where(l => l.Offset is not null))
            records.Add($"{letter.Topic} {letter.Partition}@{letter.Offset}: {letter.Reason}");
        faults.MayKill("after dead letters were written");
        return Task.CompletedTask;
    }

    public Task<long> CountAsync(string? job, CancellationToken cancellationToken) => Task.FromResult((long)records.Count);

    public Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeadLetterLine>>([]);

    public Task<long?> TotalAsync(string job, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
