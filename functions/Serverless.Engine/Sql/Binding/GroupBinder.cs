using Serverless.Engine.Expressions;
using Serverless.Engine.Expressions.Functions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A part of a group's key.</summary>
/// <param name="Column">Its column behind the aggregation.</param>
/// <param name="Scalar">What it is made of.</param>
/// <param name="Written">What stands for it in the query.</param>
internal sealed record GroupKey(PlanColumn Column, Scalar Scalar, Scalar Written);

/// <summary>What a query groups by.</summary>
/// <param name="Relation">The rows that are grouped.</param>
/// <param name="Keys">The keys.</param>
/// <param name="IsWritten">Whether the query has a GROUP BY.</param>
internal sealed record BoundGroups(Relation Relation, IReadOnlyList<GroupKey> Keys, bool IsWritten)
{
    /// <summary>The window among the keys.</summary>
    public GroupWindow? Window { get; init; }

    /// <summary>What <c>GROUPING</c> gives for some keys; null without grouping sets.</summary>
    public Func<IReadOnlyList<Scalar>, Scalar?>? GroupingOf { get; init; }
}

/// <summary><c>GROUP BY</c>: expressions, windows of the older form, grouping sets.</summary>
internal sealed class GroupBinder(QueryBinder queries, Scope scope)
{
    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Binds it; null after an error.</summary>
    public BoundGroups? Bind(SelectSyntax select, Relation relation, Scalar? timestamp)
    {
        var written = new List<(string Name, Scalar Scalar)>();
        var sets = new List<IReadOnlyList<IReadOnlyList<int>>>(); // for each item, the keys of its sets
        CallSyntax? window = null;
        var failed = false;
        foreach (var item in select.GroupBy)
        {
            switch (item)
            {
                case GroupExpressionSyntax { Expression: CallSyntax { Name.Text: var name } call } when IsWindow(name):
                    if (window is not null)
                        Diagnostics.Error(call.Span, "GROUP BY takes one window");
                    failed |= window is not null;
                    window = call;
                    break;
                case GroupExpressionSyntax { Expression: LiteralSyntax literal } when IsConstant(literal):
                    break;
                case GroupExpressionSyntax expression:
                    if (Key(expression.Expression) is { } key)
                        sets.Add([[key]]);
                    else
                        failed = true;
                    break;
                case GroupingSetsSyntax grouping:
                    var keys = grouping.Sets.Select(s => s.Select(Key).ToList()).ToList();
                    failed |= keys.Exists(k => k.Contains(null));
                    if (!failed)
                        sets.Add(Sets(grouping.Kind, [.. keys.Select(k => (IReadOnlyList<int>)[.. k.Select(i => i!.Value)])]));
                    break;
            }
        }

        if (failed)
            return null;
        GroupWindow? bound = null;
        if (window is not null)
        {
            if (Window(window, relation, timestamp, [.. written.Select(w => w.Scalar)]) is not { } found)
                return null;
            (relation, bound) = found;
            sets.Add([[written.Count]]);
            written.Add((Diagnostics.Source[window.Span].ReplaceLineEndings(" "), bound.Start));
            if (window.Name.Text.Equals("SESSION", StringComparison.OrdinalIgnoreCase) || bound.End is ColumnScalar)
            {
                // The end follows from the start, but only the window knows how.
                sets.Add([[written.Count]]);
                written.Add(("window_end", bound.End));
            }
        }

        // Several items are the product of their sets.
        var all = sets.Aggregate((IReadOnlyList<IReadOnlyList<int>>)[[]], (before, item) => [.. before.SelectMany(_ => item, (b, i) => (IReadOnlyList<int>)[.. b.Union(i)])]);
        if (all.Count == 1)
        {
            var keys = written.ConvertAll(w => new GroupKey(queries.Ids.New(w.Name, w.Scalar.Type), w.Scalar, w.Scalar));
            return new BoundGroups(relation, keys, select.GroupBy.Count > 0) { Window = bound };
        }

        return Expanded(relation, written, all, bound);

        // GROUP BY 1 is a constant in Flink, and no position: every row is in one group.
        bool IsConstant(LiteralSyntax literal) => literal.Kind == LiteralKind.Number
            && int.TryParse(literal.Text, out var place) && select.Items.ElementAtOrDefault(place - 1) is SelectExpressionSyntax { Expression: LiteralSyntax };

        int? Key(ExpressionSyntax syntax)
        {
            if (syntax is LiteralSyntax { Kind: LiteralKind.Number })
            {
                Diagnostics.Error(syntax.Span, "GROUP BY takes expressions, not positions");
                return null;
            }

            if (new ExpressionBinder(scope, queries.Settings, Diagnostics, "GROUP BY", null) { RecordTimestamp = timestamp }.Bind(syntax) is not { } key)
                return null;
            var at = written.FindIndex(w => w.Scalar.Equals(key));
            if (at < 0)
            {
                at = written.Count;
                written.Add((key is ColumnScalar column ? column.Name : Diagnostics.Source[syntax.Span].ReplaceLineEndings(" "), key));
            }

            return at;
        }
    }

    internal static bool IsWindow(string name) => name.ToUpperInvariant() is "TUMBLE" or "HOP" or "SESSION" or "CUMULATE";

    private static IReadOnlyList<IReadOnlyList<int>> Sets(GroupingKind kind, IReadOnlyList<IReadOnlyList<int>> written) => kind switch
    {
        GroupingKind.Rollup => [.. Enumerable.Range(0, written.Count + 1).Select(i => (IReadOnlyList<int>)[.. written.Take(written.Count - i).SelectMany(k => k)])],
        GroupingKind.Cube => [.. Enumerable.Range(0, 1 << written.Count).Select(mask => (IReadOnlyList<int>)[.. written.Where((_, i) => (mask >> i & 1) == 0).SelectMany(k => k)])],
        _ => written,
    };

    private BoundGroups Expanded(Relation relation, List<(string Name, Scalar Scalar)> written, IReadOnlyList<IReadOnlyList<int>> sets, GroupWindow? window)
    {
        var columns = written.ConvertAll(w => queries.Ids.New(w.Name, w.Scalar.Type));
        var set = queries.Ids.New("grouping set", SqlType.BigInt);
        var expanded = new ExpandRelation(relation, [.. written.Select((w, i) => (columns[i], w.Scalar))], sets, set);
        var keys = written.Select((w, i) => new GroupKey(queries.Ids.New(w.Name, w.Scalar.Type), columns[i].Scalar, w.Scalar)).ToList();
        keys.Add(new GroupKey(queries.Ids.New(set.Name, set.Type), set.Scalar, set.Scalar));
        return new BoundGroups(expanded, keys, true) { Window = window, GroupingOf = GroupingOf };

        // One bit for each argument, the last the lowest: whether the row's set lacks it.
        Scalar? GroupingOf(IReadOnlyList<Scalar> arguments)
        {
            var places = arguments.Select(a => written.FindIndex(w => w.Scalar.Equals(a))).ToList();
            if (places.Contains(-1))
                return null;
            Scalar result = new ConstantScalar(0L, SqlType.BigInt);
            for (var s = 0; s < sets.Count; s++)
            {
                var bits = places.Aggregate(0L, (all, place) => (all << 1) | (sets[s].Contains(place) ? 0L : 1L));
                var isSet = new CallScalar(FunctionCatalog.Resolve("=", [new FunctionArgument(SqlType.BigInt), new FunctionArgument(SqlType.BigInt)], TimeZoneInfo.Utc, out _)!, [set.Scalar, new ConstantScalar((long)s, SqlType.BigInt)]);
                result = new CaseScalar([isSet], [new ConstantScalar(bits, SqlType.BigInt)], result);
            }

            return result;
        }
    }

    private (Relation, GroupWindow)? Window(CallSyntax call, Relation relation, Scalar? timestamp, IReadOnlyList<Scalar> keys)
    {
        var kind = call.Name.Text.ToUpperInvariant();
        var binder = new ExpressionBinder(scope, queries.Settings, Diagnostics, "GROUP BY", null) { RecordTimestamp = timestamp };
        var windows = new WindowBinder(queries, null);
        var lengths = call.Arguments.Skip(1).ToList();
        var (least, form) = kind switch
        {
            "TUMBLE" => (1, "TUMBLE(ts, INTERVAL '1' HOUR)"),
            "SESSION" => (1, "SESSION(ts, INTERVAL '30' MINUTE)"),
            "HOP" => (2, "HOP(ts, INTERVAL '5' MINUTE, INTERVAL '1' HOUR), the step first"),
            _ => (2, "CUMULATE(ts, INTERVAL '5' MINUTE, INTERVAL '1' DAY), the step first"),
        };
        if (lengths.Count < least || lengths.Count > least + 1)
        {
            Diagnostics.Error(call.Span, $"{kind} in GROUP BY is written {form}");
            return null;
        }

        if (windows.Time(call.Arguments[0], binder) is not { } time || windows.Lengths(lengths, binder) is not { } ticks)
            return null;
        if (kind == "SESSION")
        {
            var session = windows.Session(relation, keys, time, ticks[0]);
            return (session, new GroupWindow(kind, time, session.Start.Scalar, session.End.Scalar));
        }

        var (assigner, offset) = kind == "TUMBLE"
            ? (new WindowAssigner(WindowKind.Tumble, ticks[0], ticks[0], ticks.ElementAtOrDefault(1)), 0)
            : (new WindowAssigner(kind == "HOP" ? WindowKind.Hop : WindowKind.Cumulate, ticks[1], ticks[0], ticks.ElementAtOrDefault(2)), 1);
        if (!windows.Fits(assigner, lengths[offset].Span))
            return null;
        if (kind == "TUMBLE")
        {
            var start = WindowFunctions.Start(time, assigner);
            return (relation, new GroupWindow(kind, time, start, WindowFunctions.End(start, assigner.Size)));
        }

        var window = windows.Expanded(relation, time, assigner);
        return (window, new GroupWindow(kind, time, window.Start.Scalar, window.End.Scalar));
    }
}
