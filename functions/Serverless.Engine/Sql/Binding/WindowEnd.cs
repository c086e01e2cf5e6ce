using Serverless.Engine.Expressions;
using Serverless.Engine.Expressions.Functions;
using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>When a row of windows is complete, if all its records come in time.</summary>
/// <param name="End">The end of its window, over the columns of the relation.</param>
/// <param name="Time">The time that puts records into windows, over the columns of the sources.</param>
internal sealed record WindowEnd(Scalar End, Scalar Time)
{
    /// <summary>Returns the end of the windows that a relation's rows are grouped by; null if they are not.</summary>
    public static WindowEnd? Of(Relation relation)
    {
        switch (relation)
        {
            case FilterRelation or ProjectRelation:
                return Of(relation.Inputs[0]);
            case AggregateRelation aggregate:
                var below = RequiredColumns.InputsFirst(aggregate.Inputs[0]);
                return aggregate.Keys.Select(k => OfKey(k.Scalar, k.Column.Scalar, below)).FirstOrDefault(e => e is not null);
            // The first rows of a window, or all with their numbers.
            case TopNRelation top:
                return Of(top.Inputs[0]) is { } end && IsApart(end, top.PartitionBy) ? end : null;
            case OverRelation over:
                return Of(over.Inputs[0]) is { } all && IsApart(all, over.PartitionBy) ? all : null;
            default:
                return null;
        }
    }

    private static bool IsApart(WindowEnd end, IReadOnlyList<Scalar> partition)
    {
        var columns = RequiredColumns.ColumnsOf(end.End).ToHashSet();
        return partition.Any(p => OneToOne.Under(p) is ColumnScalar column && columns.Contains(column.Index));
    }

    /// <summary>The end of the window that a key tells, over the key's column.</summary>
    private static WindowEnd? OfKey(Scalar key, ColumnScalar column, IReadOnlyList<Relation> below)
    {
        switch (key)
        {
            case CallScalar { Function: { Name: "WINDOW_START", Constant: WindowAssigner tumble }, Arguments: [var time] }:
                return new WindowEnd(WindowFunctions.End(column, tumble.Size), time);
            case CallScalar { Function.Name: "WINDOW_END", Arguments: [CallScalar { Function.Name: "WINDOW_START", Arguments: [var time] }] }:
                return new WindowEnd(column, time);
            case ColumnScalar inner:
                return below.Select(r => OfColumn(r, inner.Index, column, below)).FirstOrDefault(e => e is not null);
            default:
                return null;
        }
    }

    private static WindowEnd? OfColumn(Relation relation, int inner, ColumnScalar column, IReadOnlyList<Relation> below) => relation switch
    {
        WindowRelation window when inner == window.End.Id => new WindowEnd(column, window.Time),
        WindowRelation { Window.Kind: WindowKind.Hop } window when inner == window.Start.Id => new WindowEnd(WindowFunctions.End(column, window.Window.Size), window.Time),
        SessionRelation session when inner == session.End.Id => new WindowEnd(column, session.Time),
        ProjectRelation project when project.Items.FirstOrDefault(i => i.Column.Id == inner).Scalar is { } item => OfKey(item, column, below),
        AggregateRelation aggregate when aggregate.Keys.FirstOrDefault(k => k.Column.Id == inner).Scalar is { } key => OfKey(key, column, below),
        // NULL in the sets that lack it.
        ExpandRelation expand when expand.Keys.ToList().FindIndex(k => k.Column.Id == inner) is var at and >= 0 && expand.Sets.All(s => s.Contains(at)) => OfKey(expand.Keys[at].Scalar, column, below),
        _ => null,
    };
}
