using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>The window functions and subqueries of expressions that are being bound: they get columns once the relation that they are over is known.</summary>
internal sealed class PendingScalars(Func<ScalarQuerySyntax, PendingQuery?> bindQuery)
{
    /// <summary>The window functions.</summary>
    public List<PendingOver> Overs { get; } = [];

    /// <summary>The subqueries.</summary>
    public List<PendingQuery> Queries { get; } = [];

    /// <summary>Takes a window function.</summary>
    public PendingScalar Add(PendingOver over)
    {
        var same = Overs.FindIndex(o => o.Call with { Text = over.Call.Text } == over.Call && o.Window == over.Window);
        if (same < 0)
        {
            same = Overs.Count;
            Overs.Add(over);
        }

        return new PendingScalar(same, Overs[same].Call.Text, over.Type);
    }

    /// <summary>Takes a subquery; null after an error.</summary>
    public PendingScalar? Add(ScalarQuerySyntax syntax)
    {
        if (bindQuery(syntax) is not { } query)
            return null;
        Queries.Add(query);
        return new PendingScalar(-Queries.Count, "(subquery)", query.Value.Type);
    }
}

/// <summary>What stands behind <c>OVER</c>.</summary>
internal sealed record OverWindow(Values.ValueList<Scalar> PartitionBy, Values.ValueList<SortItem> OrderBy);

/// <summary>A window function.</summary>
internal sealed record PendingOver(OverCall Call, OverWindow Window, Values.SqlType Type);

/// <summary>A subquery as a value.</summary>
/// <param name="Relation">Its rows: one at most for each combination of the keys.</param>
/// <param name="Value">Its value, over the relation's columns, NULL if there is no row.</param>
/// <param name="Keys">What must be equal: of the query around it, and of the relation.</param>
internal sealed record PendingQuery(Relation Relation, Scalar Value, IReadOnlyList<(Scalar Outer, Scalar Inner)> Keys);
