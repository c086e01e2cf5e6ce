using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary><c>HOP</c> and <c>CUMULATE</c>: a row for each window of each row.</summary>
public sealed class WindowRelation : Relation
{
    internal WindowRelation(Relation input, Scalar time, WindowAssigner window, PlanColumn start, PlanColumn end) =>
        (Inputs, Time, Window, Start, End) = ([input], time, window, start, end);

    /// <summary>The time.</summary>
    public Scalar Time { get; }

    /// <summary>The windows' start.</summary>
    public PlanColumn Start { get; }

    /// <summary>The windows' end.</summary>
    public PlanColumn End { get; }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Inputs[0].Columns, Start, End];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; }

    /// <inheritdoc />
    public override bool IsAppendOnly => Inputs[0].IsAppendOnly;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => [.. Inputs[0].UniqueKeys.Select(k => k.Append(Start.Id).Append(End.Id).ToHashSet())];

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities => Window.Kind == WindowKind.Hop ? Inputs[0].Equalities.Append((Start.Id, End.Id)) : Inputs[0].Equalities;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => [Time];

    internal WindowAssigner Window { get; }
}
