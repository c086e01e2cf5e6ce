using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>CROSS JOIN UNNEST(a) [WITH ORDINALITY] AS t (x)</c>, and <c>LEFT JOIN UNNEST(a) AS t (x) ON TRUE</c>.</summary>
internal sealed class UnnestBinder(QueryBinder queries)
{
    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Binds it beside the rows whose collections it takes apart; null after an error.</summary>
    public BoundFrom? Bind(BoundFrom left, FromUnnestSyntax unnest, JoinSyntax? join)
    {
        if (join is not null && join.Kind is not (JoinKind.Cross or JoinKind.Inner or JoinKind.Left))
            return Error(join.Span, "UNNEST stands behind CROSS JOIN or LEFT JOIN: its rows are made of those on the left");
        var isOuter = join?.Kind == JoinKind.Left;
        if (join?.Using is not null || (isOuter && join!.On is not LiteralSyntax { Kind: LiteralKind.Boolean, Text: "TRUE" }))
            return Error(join!.Right.Span, "LEFT JOIN UNNEST(…) takes ON TRUE");
        if (new ExpressionBinder(new Scope(left.Tables), queries.Settings, Diagnostics, "UNNEST", null).Bind(unnest.Expression) is not { } collection)
            return null;
        if (collection.Type.Kind is not (SqlKind.Array or SqlKind.Map or SqlKind.Multiset))
            return Error(unnest.Expression.Span, $"UNNEST takes an array, a map or a multiset; this is {collection.Type}");

        var type = collection.Type;
        IEnumerable<RowField> fields = type.Kind == SqlKind.Map ? type.Fields
            : type.Element.Kind == SqlKind.Row ? type.Element.Fields
            : [new RowField("EXPR$0", type.Element)];
        var elements = fields.Select(f => queries.Ids.New(f.Name, f.Type)).ToList();
        var ordinality = unnest.WithOrdinality ? queries.Ids.New("ORDINALITY", SqlType.Int) : null;
        var columns = ordinality is null ? elements : [.. elements, ordinality];
        if (unnest.Alias?.Columns is { } names)
        {
            if (names.Count != columns.Count)
                return Error(unnest.Alias.Span, $"the alias '{unnest.Alias.Name.Text}' names {names.Count} columns; UNNEST of {type} has {columns.Count}");
            columns = [.. columns.Zip(names, (c, n) => c with { Name = n.Text })];
            elements = columns[..elements.Count];
            ordinality = ordinality is null ? null : columns[^1];
        }
        else if (unnest.Alias is { } alias && columns.Count == 1)
        {
            // As in standard SQL, the alias of one column names it too.
            columns = [columns[0] with { Name = alias.Name.Text }];
            elements = columns;
        }

        var table = new ScopeTable(unnest.Alias?.Name.Text, [.. columns.Select(c => c.Name)], name => columns.Find(c => c.Name == name)?.Scalar);
        var bound = new BoundFrom(new UnnestRelation(left.Relation, collection, elements, ordinality, isOuter), [.. left.Tables, table]);
        if (join is not { Kind: JoinKind.Inner, On: { } on })
            return bound;
        var condition = new ExpressionBinder(new Scope(bound.Tables), queries.Settings, Diagnostics, "ON", null).BindCondition(on);
        return condition is null ? null : bound with { Relation = new FilterRelation(bound.Relation, condition) };
    }

    private BoundFrom? Error(TextSpan span, string message)
    {
        Diagnostics.Error(span, message);
        return null;
    }
}
