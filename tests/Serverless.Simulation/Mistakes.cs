using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.State;

namespace Serverless.Simulation;

/// <summary>What a <see cref="Bug"/> does in a run: it changes messages on their way, states, and options; the code that runs is what ships.</summary>
internal sealed class Mistakes(Bug bug, Job job)
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1000);

    private readonly Dictionary<string, object?[]> _said = []; // what a row last said, to pass on differences
    private long _arrivals;

    /// <summary>How long things take.</summary>
    public static DurableTimes Times(Bug bug) => bug switch
    {
        Bug.IgnoreOverdueTimes => new DurableTimes { Grace = Never },
        Bug.SendOnlyOnce => new DurableTimes { ResendAfter = Never },
        Bug.RepairNoGap => new DurableTimes { GapAfter = Never },
        _ => DurableTimes.Default,
    };

    /// <summary>Compiles a job.</summary>
    /// <param name="bug">The mistake.</param>
    /// <param name="job">The job.</param>
    /// <param name="generation">Which state is its.</param>
    /// <param name="isFormer">Whether its state is that of a former version, which did not know where readings began.</param>
    public static CompiledJob Compile(Bug bug, Job job, Generation generation, bool isFormer) =>
        new(bug == Bug.CloseGapsEarly ? job with { Settings = job.Settings with { DedupHorizon = TimeSpan.FromMilliseconds(-1) } } : job, isSplit: true)
        {
            Epoch = bug == Bug.DropEpoch ? 0 : generation.Epoch.ToUnixTimeMilliseconds(),
            NewOffsets = bug switch
            {
                Bug.SkipOffsetCheck => () => new ForgetfulOffsets(),
                Bug.IgnoreOffsetsBelowTheLast => () => new LastOffsetOnly(),
                Bug.CloseProvenGaps => () => new OffsetsWithoutProofs(),
                _ => isFormer ? () => new OffsetsWithoutProofs() : () => new AppliedOffsets(),
            },
            IsNewer = bug switch
            {
                Bug.DropSummaryVersion => (_, _) => true,
                Bug.DropLife => (incoming, known) => incoming.Events > known.Events,
                _ => (incoming, known) => incoming.IsNewerThan(known, (long)(job.Settings.StateTtl?.TotalMilliseconds ?? 0)),
            },
        };

    /// <summary>Changes a message that is sent; null if it is not to be.</summary>
    public Signal? Posted(Signal signal) => (bug, signal.Input) switch
    {
        (Bug.SendDifferences or Bug.SendOnlyWhatChanged or Bug.DropLife, RowsMessage rows) => signal with { Input = rows with { Rows = Changed(rows.Rows) } },
        _ => signal,
    };

    /// <summary>Changes a message that arrives.</summary>
    public Signal Arrived(Signal signal) => bug == Bug.DropRowVersion && signal.Input is RowsMessage rows ? signal with { Input = rows with { Rows = Numbered(rows.Rows) } } : signal;

    /// <summary>Changes what an operation sends.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="sends">What is sent.</param>
    public void Worked(Signal operation, List<Signal> sends)
    {
        if (bug != Bug.ConfirmBeforeStoring)
            return;
        if (operation.Input is SummariesMessage { From: { } shard, Id: { } summaries })
            sends.Add(new Signal(EntityKind.Shard, shard, Operations.Confirm, new ConfirmMessage([summaries])));
        if (operation.Input is RowsMessage { From: { } group, Id: { } rows })
            sends.Add(new Signal(EntityKind.Group, group, Operations.Confirm, new ConfirmMessage([rows])));
    }

    /// <summary>Whether a version in the key store takes the place of another.</summary>
    public bool IsNewer(long version, long known) => bug == Bug.KeepLastEviction || version > known;

    /// <summary>The key store.</summary>
    public IKeyStore Broken(IKeyStore keys) => bug is Bug.LoseEvictions or Bug.ReadNoKeys or Bug.RewriteHotKeysOnly ? new BrokenKeys(bug, keys) : keys;

    /// <summary>Changes an operation.</summary>
    public IOperation Timed(Operation operation, KeyedCellState state) =>
        bug == Bug.EvictWithAnyTimer && operation.Value is TickMessage && state.Evict is { } due ? operation with { Value = new TickMessage(due.Id) } : operation;

    /// <summary>Changes what an entity has let go of.</summary>
    public void Evicts(IKeyStore keys, EntityKind kind, string key, KeyedCellState state)
    {
        if (bug != Bug.EvictUnstored || state.Aging is not { } aging)
            return;
        keys.WriteAsync(kind, key, state.Evictions, aging, CancellationToken.None).GetAwaiter().GetResult();
        (state.Aging, state.Evict) = (null, null);
    }

    /// <summary>Changes the state of an output.</summary>
    public void Stored(OutboxState state)
    {
        if (bug != Bug.ForgetWrittenVersions || state.Output is null)
            return;
        var output = new Output(OutputLimits.InOrder);
        output.Read(state.Output);
        output.Acknowledge([], long.MaxValue);
        state.Output = Bytes(output.Write);
        state.Segments = null;
    }

    /// <summary>The row that a table keeps.</summary>
    public RowChange Kept(RowChange? known, RowChange change) => bug != Bug.SendDifferences || known is null ? change
        : change with { Values = [.. change.Values.Select((v, i) => v is long more && known.Values[i] is long sum && !job.Sink.PrimaryKey.Contains(i) ? sum + more : v)] };

    private byte[] Changed(byte[] rows)
    {
        var answer = GroupAnswer.Read(rows);
        var changes = bug switch
        {
            Bug.SendDifferences => answer.Rows.Select(Difference),
            Bug.SendOnlyWhatChanged => answer.Rows.GroupBy(r => r.Key).Take(1).SelectMany(g => g),
            _ => answer.Rows.Select(r => r with { Version = r.Version with { Life = 0 } }),
        };
        answer = answer with { Rows = [.. changes] };
        return Bytes(writer => answer.Write(writer));
    }

    private byte[] Numbered(byte[] rows)
    {
        var answer = GroupAnswer.Read(rows);
        answer = answer with { Rows = [.. answer.Rows.Select(r => r with { Version = new RowVersion(0, 0, ++_arrivals) })] };
        return Bytes(writer => answer.Write(writer));
    }

    private RowChange Difference(RowChange change)
    {
        var before = _said.GetValueOrDefault(change.Key);
        _said[change.Key] = change.Values;
        return change with { Values = [.. change.Values.Select((v, i) => v is long now && before?[i] is long then && !job.Sink.PrimaryKey.Contains(i) ? now - then : v)] };
    }

    private static byte[] Bytes(Action<StateWriter> write)
    {
        var writer = new StateWriter();
        write(writer);
        return writer.Written.ToArray();
    }
}
