using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary>
/// The rows of windows, each added once the watermark has passed the window's end, and never removed: what a table can be made of that only takes rows that are added. If
/// a record comes after that, the row that it corrects is added again.
/// </summary>
public sealed class WatermarkRelation : Relation
{
    internal WatermarkRelation(Relation rows, Scalar end, IReadOnlyList<SourceWatermark> sources) =>
        (Inputs, End, Sources) = ([rows, .. sources.Select(s => s.Scan)], end, sources);

    /// <summary>The end of a row's window.</summary>
    public Scalar End { get; }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => Inputs[0].Columns;

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; }

    /// <inheritdoc />
    public override bool IsAppendOnly => true;

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities => Inputs[0].Equalities;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => Sources.SelectMany(s => new[] { s.Time, s.Topic, s.Partition, s.Timestamp }).Append(End);

    /// <summary>What the watermark is made of: the least of all partitions of all sources.</summary>
    internal IReadOnlyList<SourceWatermark> Sources { get; }
}

/// <summary>How far a source is known to be: each partition up to the greatest time of its records.</summary>
/// <param name="Scan">The source.</param>
/// <param name="Time">What <c>WATERMARK FOR … AS</c> says, or the record's timestamp.</param>
/// <param name="Topic">The record's topic.</param>
/// <param name="Partition">The record's partition.</param>
/// <param name="Timestamp">The record's timestamp.</param>
/// <param name="IdleTimeout">How much older than the others' a partition's last record must be for it not to be waited for, in ticks of 100 ns; null for ever.</param>
internal sealed record SourceWatermark(ScanRelation Scan, Scalar Time, Scalar Topic, Scalar Partition, Scalar Timestamp, long? IdleTimeout);
