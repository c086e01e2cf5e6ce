using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine;

/// <summary>A <see cref="Job"/> with its expressions compiled. Made once; any number of threads may use it.</summary>
public sealed class CompiledJob
{
    /// <summary>Compiles a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isSplit">Whether groups are split into shards where the job can be: see <see cref="IsSplit"/>.</param>
    public CompiledJob(Job job, bool isSplit = false)
    {
        Job = job;
        var distinct = job.Aggregates.Where(a => a.IsDistinct).Select(a => a.Argument!).Distinct().ToList();
        IsSplit = (job.Settings.SplitDistinct ?? isSplit) && distinct.Count == 1;
        TimeToLive = (long)(job.Settings.StateTtl?.TotalMilliseconds ?? 0);
        IsNewer = (incoming, known) => incoming.IsNewerThan(known, TimeToLive);
        DedupHorizon = (long)job.Settings.DedupHorizon.TotalMilliseconds;
        Filter = job.Filter is null ? null : (Evaluator<bool?>)OverFields(job.Filter);
        Keys = [.. job.Keys.Select(k => OverFields(k.Scalar))];
        KeyTypes = [.. job.Keys.Select(k => k.Scalar.Type)];
        Bucket = job.Timeline is null ? null : OverFields(job.Timeline.Bucket);
        // What is the group's key anyway is not evaluated twice.
        var keys = job.Keys.Select(k => k.Scalar).ToList();
        KeyNotNull = [.. keys.Select(k => job.Checks.FirstOrDefault(c => c.SinkKey is not null && c.Scalar.Equals(k))?.SinkKey)];
        Checks = [.. job.Checks.Where(c => !keys.Contains(c.Scalar)).Select(c => (OverFields(c.Scalar), c.Scalar, c.SinkKey))];

        var arguments = job.Aggregates.Select(a => a.Argument).OfType<Scalar>().Distinct().ToList();
        ArgumentScalars = arguments;
        Arguments = [.. arguments.Select(OverFields)];
        ArgumentTypes = [.. arguments.Select(a => a.Type)];
        DistinctArgument = IsSplit ? arguments.IndexOf(distinct[0]) : -1;
        ArgumentOf = [.. job.Aggregates.Select(a => a.Argument is null ? -1 : arguments.IndexOf(a.Argument))];

        SlotTypes = [.. KeyTypes, .. job.Aggregates.Select(a => a.Type), job.Timeline?.Bucket.Type ?? SqlType.Boolean];
        Having = job.Having is null ? null : (Evaluator<bool?>)OverGroup(job.Having);
        // Those of a query of several stages are over its columns, and the last of its operators evaluates them.
        Outputs = job.Dataflow is null ? [.. job.Outputs.Select(OverGroup)] : [];
    }

    /// <summary>The job.</summary>
    public Job Job { get; }

    /// <summary>
    /// Whether groups are split into shards by their distinct values: what <c>table.optimizer.distinct-agg.split.enabled</c> says, or else the host, for jobs
    /// with exactly one distinct argument.
    /// </summary>
    public bool IsSplit { get; }

    /// <summary>The number of shards of a split group.</summary>
    public int Shards => Job.Settings.SplitBuckets;

    /// <summary>How far apart two deliveries of one record may be, in milliseconds.</summary>
    internal long DedupHorizon { get; }

    /// <summary>The distinct argument of a split job, among <see cref="Arguments"/>.</summary>
    internal int DistinctArgument { get; }

    /// <summary>Makes the record of what a group has seen; the simulation puts in others that are wrong on purpose.</summary>
    internal Func<AppliedOffsets> NewOffsets { get; init; } = () => new AppliedOffsets();

    /// <summary>Whether a shard's value is newer than another; the simulation puts in another that is wrong on purpose.</summary>
    internal Func<RowVersion, RowVersion, bool> IsNewer { get; init; }

    /// <summary>When the state began that rows are made of, in milliseconds since 1970: see <see cref="RowVersion.Epoch"/>.</summary>
    public long Epoch { get; init; }

    internal Evaluator<bool?>? Filter { get; }

    internal Evaluator[] Keys { get; }

    internal SqlType[] KeyTypes { get; }

    /// <summary>For each part of the key, the sink's key column that it fills and that must not be NULL; null where it may.</summary>
    internal string?[] KeyNotNull { get; }

    internal Evaluator? Bucket { get; }

    internal (Evaluator Evaluator, Scalar Scalar, string? SinkKey)[] Checks { get; }

    /// <summary>The arguments of the aggregates, each expression once.</summary>
    internal IReadOnlyList<Scalar> ArgumentScalars { get; }

    /// <summary>The same, compiled.</summary>
    internal Evaluator[] Arguments { get; }

    internal SqlType[] ArgumentTypes { get; }

    /// <summary>Each aggregate's place among <see cref="Arguments"/>; -1 for <c>COUNT(*)</c>.</summary>
    internal int[] ArgumentOf { get; }

    /// <summary>What outputs are evaluated over: keys, then aggregates, then the bucket.</summary>
    internal SqlType[] SlotTypes { get; }

    internal Evaluator<bool?>? Having { get; }

    internal Evaluator[] Outputs { get; }

    /// <summary><c>table.exec.state.ttl</c> in milliseconds; 0 for ever.</summary>
    internal long TimeToLive { get; }

    /// <summary>Whether state touched last at a time has outlived <c>table.exec.state.ttl</c>.</summary>
    internal bool IsExpired(long lastAt, long now) => TimeToLive > 0 && lastAt > 0 && now - lastAt > TimeToLive;

    /// <summary>The life of state touched last at a time: see <see cref="RowVersion.Life"/>.</summary>
    internal long LifeOf(long lastAt) => TimeToLive > 0 ? lastAt : 0;

    internal EventColumns NewEvents() =>
        new([.. ArgumentTypes.Select(Column.Create)], Job.Timeline is { } timeline ? Column.Create(timeline.Bucket.Type) : null);

    internal BucketState NewBucket() => new([.. Job.Aggregates.Select(Accumulator.Create)]);

    private static Evaluator OverFields(Scalar scalar) => ScalarCompiler.Compile(scalar, leaf => ((ColumnScalar)leaf).Index);

    private Evaluator OverGroup(Scalar scalar) => ScalarCompiler.Compile(scalar, leaf => leaf switch
    {
        KeyScalar key => key.Index,
        AggregateScalar aggregate => KeyTypes.Length + aggregate.Index,
        BucketScalar => KeyTypes.Length + Job.Aggregates.Count,
        _ => throw new InvalidOperationException($"{leaf.GetType().Name} is no part of a group"),
    });
}
