using System.Globalization;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Simulation.Stages;

/// <summary>A job of several stages with its records, and what they must come to.</summary>
/// <param name="job">The job.</param>
internal abstract class StageJob(Job job)
{
    public Job Job { get; } = job;

    /// <summary>What the job was before its script was edited, of the same sources and with the same key of the same table; null if it never is.</summary>
    public Job? Former { get; init; }

    /// <summary>The records of each source.</summary>
    public abstract IReadOnlyList<IReadOnlyList<Record>> Records { get; }

    /// <summary>What the job is, for people.</summary>
    public abstract string Describe();

    /// <summary>Whether nothing passes by before every partition is read: an app reads all of them within moments of its start.</summary>
    public virtual bool IsReadFirst => false;

    /// <summary>Makes what a process finds rows with in the tables that the job looks up.</summary>
    public virtual IReadOnlyList<ILookup> NewLookups(Random random, Faults faults) => [];

    /// <summary>Returns what is wrong with a table; null if nothing is.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="without">The key of a row that the database refuses; null for none.</param>
    /// <param name="letters">The records that are dead letters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<string?> DifferenceAsync(IEnumerable<RowChange> rows, string? without, IReadOnlySet<(int Partition, long Offset)> letters, CancellationToken cancellationToken);

    /// <summary>Rows as text, in the order of their text.</summary>
    protected static IReadOnlyList<string> Lines(IEnumerable<RowChange> rows, string? without) =>
        [.. rows.Where(r => r.Key != without).Select(r => string.Join(" | ", r.Values.Select(TextOf))).Order(StringComparer.Ordinal)];

    private static string TextOf(object? value) => value switch
    {
        null => "NULL",
        Number number => number.Normalize().ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
