using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
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
        if ((right.Relation as ScanRelation ?? Upserts(right.Relation)) is not { } scan || queries.Script.GetTable(table.Name) is not { } definition)
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

        var (rows, end) = right.Relation is ScanRelation ? (right.Relation, (Scalar?)null) : Versions(scan, ref rightTime);
        var ofRight = Conjuncts.Ids(rows);
        var versioned = scan.Table.PrimaryKey.Select(k => scan.Use([scan.Table.Columns[k].Name], scan.Table.Columns[k].Type)).ToList();
        var keys = new List<(Scalar Left, Scalar Right)>();
        foreach (var part in Conjuncts.Of(condition))
        {
            // Rows of one key are versions of one another whatever their other columns say.
            if (KeyOf(part) is not { } key)
                return Error(join.On.Span, $"ON of FOR SYSTEM_TIME AS OF takes equalities with the primary key of '{table.Name.Text}' alone ({string.Join(", ", versioned)}); move the rest to WHERE");
            keys.Add(key);
        }

        if (versioned.Exists(k => !keys.Exists(key => key.Right.Equals(k))))
            return Error(join.On.Span, $"ON must have every column of the primary key of '{table.Name.Text}' ({string.Join(", ", versioned)})");
        return new BoundFrom(new VersionedJoinRelation(left.Relation, rows, keys, leftTime, rightTime, join.Kind == JoinKind.Left, end), tables);

        // The left side may be a constant.
        (Scalar Left, Scalar Right)? KeyOf(Scalar part) => part switch
        {
            CallScalar { Function.Name: "=", Arguments: [var first, var second] } when first.Type.ClrType != second.Type.ClrType => null,
            CallScalar { Function.Name: "=", Arguments: [var first, var second] } when versioned.Contains(second) && !IsOfRight(first) => (first, second),
            CallScalar { Function.Name: "=", Arguments: [var first, var second] } when versioned.Contains(first) && !IsOfRight(second) => (second, first),
            _ => null,
        };

        bool IsOfRight(Scalar scalar) => RequiredColumns.ColumnsOf(scalar).Any(ofRight.Contains);
    }

    /// <summary>The records of an <c>upsert-kafka</c> table of which a relation is the last of each key; null if it is something else.</summary>
    private ScanRelation? Upserts(Relation relation) =>
        relation is FilterRelation { Inputs: [TopNRelation { Inputs: [ScanRelation scan] }] } && queries.Script.Connectors.IsUpsert(scan.Table) ? scan : null;

    /// <summary>Every record as a version; one without a value ends the version before it, from whose time on there is none, as in Flink.</summary>
    private (Relation Rows, Scalar End) Versions(ScanRelation scan, ref Scalar time)
    {
        var before = queries.Ids.New("time before", time.Type);
        var lag = new OverCall(OverFunction.Lag, null, time, 1, null, new Frame(true, null), "LAG");
        var over = new OverRelation(scan, scan.KeyColumns, [new SortItem(scan.Offset, false, false)], [(before, lag)]);
        time = new CaseScalar([scan.IsTombstone], [before.Scalar], time);
        return (new FilterRelation(over, new LogicalScalar(false, new NotScalar(scan.IsTombstone), new NotScalar(new IsNullScalar(before.Scalar)))), scan.IsTombstone);
    }

    private BoundFrom? Error(TextSpan span, string message)
    {
        Diagnostics.Error(span, message);
        return null;
    }
}
