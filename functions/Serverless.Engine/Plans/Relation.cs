using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary>
/// A table at one point of a query: what its rows are, and what is known of them. Relations make a graph, since one may be read by several others. Conditions and
/// expressions name columns by their numbers.
/// </summary>
public abstract class Relation
{
    /// <summary>The columns that it has, whether they are needed or not.</summary>
    public abstract IReadOnlyList<PlanColumn> Columns { get; }

    /// <summary>What it is made of.</summary>
    public abstract IReadOnlyList<Relation> Inputs { get; }

    /// <summary>Whether rows are only ever added: Flink's insert-only changelog.</summary>
    public abstract bool IsAppendOnly { get; }

    /// <summary>Sets of columns that no two rows have the same values of.</summary>
    public virtual IReadOnlyList<IReadOnlySet<int>> UniqueKeys => [];

    /// <summary>The columns that say where a row stands in the order of the records: empty if rows are made of several.</summary>
    public virtual IReadOnlyList<PlanColumn> Order => [];

    /// <summary>Pairs of columns whose values are equal in every row, or follow from each other.</summary>
    public virtual IEnumerable<(int Left, int Right)> Equalities => Inputs.Count == 1 ? Inputs[0].Equalities : [];

    /// <summary>Columns that follow from several others together.</summary>
    public virtual IEnumerable<(IReadOnlySet<int> From, int To)> Dependencies => [];

    /// <summary>The expressions that it evaluates over its input's columns.</summary>
    public virtual IEnumerable<Scalar> Expressions => [];
}
