using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>JOIN t FOR SYSTEM_TIME AS OF time</c>: with the versions of a table that has a primary key and a time column.</summary>
internal sealed class TemporalJoinBinder(QueryBinder queries, FromBinder from)
{
    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Binds it; null after an error.</summary>
    public BoundFrom? Bind(JoinSyntax join, FromTableSyntax table, ExpressionSyntax time)
    {
        var left = from.Bind(join.Left);
        var right = from.Bind(table with { SystemTime = null });
        if (left is null || right is null)
            return null;
        if (join.Kind is not (JoinKind.Inner or JoinKind.Left))
            return Error(join.Span, "FOR SYSTEM_TIME AS OF goes with JOIN and LEFT JOIN");
        if (join.On is null)
            return Error(join.Span, "FOR SYSTEM_TIME AS OF needs ON: the columns of the table's key equal to columns of the left side");
        if (right.Relation is not ScanRelation scan || queries.Script.GetTable(table.Name) is not { } definition)
            return Error(table.Name.Span, "FOR SYSTEM_TIME AS OF needs a table with a primary key and a WATERMARK; this is a view or a query");
        if (scan.Table.PrimaryKey.Count == 0 || definition.TimeColumn is not { } timeColumn)
            return Error(table.Name.Span, $"'{table.Name.Text}' needs a PRIMARY KEY and a WATERMARK to have versions: the key says which rows are versions of one another, the watermark's column when each begins");

        var tables = left.Tables.Concat(right.Tables).ToList();
        if (new ExpressionBinder(new Scope(left.Tables), queries.Settings, Diagnostics, "FOR SYSTEM_TIME AS OF", null).Bind(time) is not { } leftTime
            || new ExpressionBinder(new Scope(right.Tables), queries.Settings, Diagnostics, "FOR SYSTEM_TIME AS OF", null).Bind(new NameSyntax(table.Name.Span, [timeColumn])) is not { } rightTime
            || new ExpressionBinder(new Scope(tables), queries.Settings, Diagnostics, "ON", null).BindCondition(join.On) is not { } condition)
            return null;
        if (leftTime.Type.ClrType != rightTime.Type.ClrType)
            return Error(time.Span, $"this is {leftTime.Type}, and the versions of '{table.Name.Text}' begin at a {rightTime.Type}: both must be of one type");

        var (ofLeft, ofRight) = (Conjuncts.Ids(left.Relation), Conjuncts.Ids(right.Relation));
        var versioned = scan.Table.PrimaryKey.Select(k => scan.Use([scan.Table.Columns[k].Name], scan.Table.Columns[k].Type)).ToList();
        var keys = new List<(Scalar Left, Scalar Right)>();
        foreach (var part in Conjuncts.Of(condition))
        {
            // Rows of one key are versions of one another whatever their other columns say.
            if (Conjuncts.KeyOf(part, ofLeft, ofRight) is not { } key || !versioned.Contains(key.Right))
                return Error(join.On.Span, $"ON of FOR SYSTEM_TIME AS OF takes equalities with the primary key of '{table.Name.Text}' alone ({string.Join(", ", versioned)}); move the rest to WHERE");
            keys.Add(key);
        }

        if (versioned.Exists(k => !keys.Exists(key => key.Right.Equals(k))))
            return Error(join.On.Span, $"ON must have every column of the primary key of '{table.Name.Text}' ({string.Join(", ", versioned)})");
        return new BoundFrom(new VersionedJoinRelation(left.Relation, right.Relation, keys, leftTime, rightTime, join.Kind == JoinKind.Left), tables);
    }

    private BoundFrom? Error(TextSpan span, string message)
    {
        Diagnostics.Error(span, message);
        return null;
    }
}
