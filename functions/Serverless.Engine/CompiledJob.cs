using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine;

/// <summary>A <see cref="Job"/> with its expressions compiled. Made once; any number of threads may use it.</summary>
public sealed class CompiledJob
{
    /// <summary>Compiles a job.</summary>
    public CompiledJob(Job job)
    {
        Job = job;
        Filter = job.Filter is null ? null : (Evaluator<bool?>)OverFields(job.Filter);
        Keys = [.. job.Keys.Select(k => OverFields(k.Scalar))];
        KeyTypes = [.. job.Keys.Select(k => k.Scalar.Type)];
        Bucket = job.Timeline is null ? null : OverFields(job.Timeline.Bucket);
        // What is the group's key anyway is not evaluated twice.
        var keys = job.Keys.Select(k => k.Scalar).ToList();
        KeyNotNull = [.. keys.Select(k => job.Checks.FirstOrDefault(c => c.SinkKey is not null && c.Scalar.Equals(k))?.SinkKey)];
        Checks = [.. job.Checks.Where(c => !keys.Contains(c.Scalar)).Select(c => (OverFields(c.Scalar), c.Scalar.Type, c.SinkKey))];

        var arguments = job.Aggregates.Select(a => a.Argument).OfType<Scalar>().Distinct().ToList();
        Arguments = [.. arguments.Select(OverFields)];
        ArgumentTypes = [.. arguments.Select(a => a.Type)];
        ArgumentOf = [.. job.Aggregates.Select(a => a.Argument is null ? -1 : arguments.IndexOf(a.Argument))];

        SlotTypes = [.. KeyTypes, .. job.Aggregates.Select(a => a.Type), job.Timeline?.Bucket.Type ?? SqlType.Boolean];
        Having = job.Having is null ? null : (Evaluator<bool?>)OverGroup(job.Having);
        Outputs = [.. job.Outputs.Select(OverGroup)];
    }

    /// <summary>The job.</summary>
    public Job Job { get; }

    internal Evaluator<bool?>? Filter { get; }

    internal Evaluator[] Keys { get; }

    internal SqlType[] KeyTypes { get; }

    /// <summary>For each part of the key, the sink's key column that it fills and that must not be NULL; null where it may.</summary>
    internal string?[] KeyNotNull { get; }

    internal Evaluator? Bucket { get; }

    internal (Evaluator Evaluator, SqlType Type, string? SinkKey)[] Checks { get; }

    /// <summary>The arguments of the aggregates, each expression once.</summary>
    internal Evaluator[] Arguments { get; }

    internal SqlType[] ArgumentTypes { get; }

    /// <summary>Each aggregate's place among <see cref="Arguments"/>; -1 for <c>COUNT(*)</c>.</summary>
    internal int[] ArgumentOf { get; }

    /// <summary>What outputs are evaluated over: keys, then aggregates, then the bucket.</summary>
    internal SqlType[] SlotTypes { get; }

    internal Evaluator<bool?>? Having { get; }

    internal Evaluator[] Outputs { get; }

    internal Cell NewCell() => new([.. Job.Aggregates.Select(Accumulator.Create)]);

    private static Evaluator OverFields(Scalar scalar) => ScalarCompiler.Compile(scalar, leaf => ((ColumnScalar)leaf).Index);

    private Evaluator OverGroup(Scalar scalar) => ScalarCompiler.Compile(scalar, leaf => leaf switch
    {
        KeyScalar key => key.Index,
        AggregateScalar aggregate => KeyTypes.Length + aggregate.Index,
        BucketScalar => KeyTypes.Length + Job.Aggregates.Count,
        _ => throw new InvalidOperationException($"{leaf.GetType().Name} is no part of a group"),
    });
}
