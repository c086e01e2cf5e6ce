using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;

namespace Serverless.Engine.Plans;

/// <summary>Relations as text: a tree for people, who know columns by their names, and a text that is the same for the same query, for fingerprints.</summary>
internal sealed class RelationText
{
    private readonly RequiredColumns _required;
    private readonly Dictionary<int, string> _names = [];
    private readonly HashSet<Relation> _shown = [];
    private readonly bool _isForPeople;

    private RelationText(Relation root, IReadOnlyList<Scalar> outputs, bool isForPeople)
    {
        _required = new RequiredColumns(root, outputs);
        _isForPeople = isForPeople;
        foreach (var relation in RequiredColumns.InputsFirst(root))
            foreach (var column in relation.Columns.Where(c => _required[relation].Contains(c.Id)))
                _names.TryAdd(column.Id, isForPeople ? NameOf(column.Name) : $"#{_names.Count}");
        if (!isForPeople)
            return;
        // Two columns of one name are told apart by the tables they come from.
        foreach (var scan in RequiredColumns.InputsFirst(root).Select(r => r is LookupJoinRelation lookup ? lookup.Right : r).OfType<ScanRelation>())
            foreach (var (column, _) in scan.Fields)
                if (_names.ContainsKey(column.Id) && _names.Any(n => n.Value == NameOf(column.Name) && n.Key != column.Id))
                    _names[column.Id] = $"{scan.Table.Name}.{NameOf(column.Name)}";
    }

    /// <summary>The tree, a line for each relation, for <c>explain</c>.</summary>
    public static string Tree(Relation root, IReadOnlyList<Scalar> outputs)
    {
        var text = new RelationText(root, outputs, isForPeople: true);
        var lines = new List<string>();
        text.Add(root, "", "", lines);
        return string.Join('\n', lines);
    }

    /// <summary>What decides the query's state, for fingerprints.</summary>
    public static string Canonical(Relation root, IReadOnlyList<Scalar> outputs)
    {
        var text = new RelationText(root, outputs, isForPeople: false);
        var lines = new List<string>();
        text.Add(root, "", "", lines);
        lines.AddRange(outputs.Select(text.Of));
        return string.Join('\n', lines);
    }

    /// <summary>The outputs, with columns by their names.</summary>
    public static IReadOnlyList<string> Outputs(Relation root, IReadOnlyList<Scalar> outputs)
    {
        var text = new RelationText(root, outputs, isForPeople: true);
        return [.. outputs.Select(text.Of)];
    }

    /// <summary>By what the rows that come to each of some relations are exchanged; empty if they all come to one place.</summary>
    public static IReadOnlyList<string> Exchanges(Relation root, IReadOnlyList<Scalar> outputs, IEnumerable<Relation> relations)
    {
        var text = new RelationText(root, outputs, isForPeople: true);
        return [.. relations.Select(text.ExchangeOf)];
    }

    private string ExchangeOf(Relation relation) => relation switch
    {
        AggregateRelation aggregate => Keys(aggregate.Keys.Select(KeyOf)),
        SessionRelation session => Keys(session.Keys.Select(Of)),
        JoinRelation join => Keys(join.Keys.Select(k => $"{Of(k.Left)} = {Of(k.Right)}")),
        VersionedJoinRelation versioned => Keys(versioned.Keys.Select(k => $"{Of(k.Left)} = {Of(k.Right)}")),
        TopNRelation top => Keys(top.PartitionBy.Select(Of)),
        OverRelation over => Keys(over.PartitionBy.Select(Of)),
        SetRelation or WatermarkRelation => "all columns",
        _ => "",
    };

    private static string Keys(IEnumerable<string> keys) => string.Join(", ", keys);

    private void Add(Relation relation, string first, string rest, List<string> lines)
    {
        // What a filter or a projection leaves unchanged is not worth a line.
        if (relation is ProjectRelation project && !project.Items.Any(i => _required[project].Contains(i.Column.Id)))
        {
            Add(project.Inputs[0], first, rest, lines);
            return;
        }

        if (!_shown.Add(relation) && relation.Inputs.Count > 0)
        {
            lines.Add($"{first}{LineOf(relation)} (as above)");
            return;
        }

        lines.Add(first + LineOf(relation));
        // The sources of a watermark are below its rows as well.
        var inputs = relation is WatermarkRelation ? 1 : relation.Inputs.Count;
        for (var i = 0; i < inputs; i++)
        {
            var isLast = i == inputs - 1;
            Add(relation.Inputs[i], rest + (isLast ? "└─ " : "├─ "), rest + (isLast ? "   " : "│  "), lines);
        }
    }

    private string LineOf(Relation relation) => relation switch
    {
        ScanRelation scan => $"Scan {scan.Table.Name}: {Listed(scan.Fields.Where(f => _required[scan].Contains(f.Column.Id)).Select(f => $"{NameOf(f.Field.Name)} {f.Field.Type}"), "only how many records there are")}",
        FilterRelation filter => $"Filter {Of(filter.Condition)}",
        ProjectRelation project => $"Calc {Listed(project.Items.Where(i => _required[project].Contains(i.Column.Id)).Select(i => $"{_names[i.Column.Id]} = {Of(i.Scalar)}"))}",
        AggregateRelation { Calls.Count: 0 } distinct => $"Distinct {Listed(distinct.Keys.Select(KeyOf))}",
        AggregateRelation aggregate => $"Aggregate {(aggregate.Keys.Count == 0 ? "all rows" : $"by {Listed(aggregate.Keys.Select(KeyOf))}")}: {Listed(aggregate.Calls.Where(c => _required[aggregate].Contains(c.Column.Id)).Select(CallOf), "only which groups there are")}{(aggregate.Inputs[0].IsAppendOnly ? "" : ", with retraction")}",
        WindowRelation window => $"Window {window.Window} of {Of(window.Time)}",
        SessionRelation session => $"Window SESSION with gaps of at most {new TimeSpan(session.Gap)} of {Of(session.Time)}{By(session.Keys)}",
        ExpandRelation expand => $"Expand {Listed(expand.Sets.Select(s => $"({string.Join(", ", s.Select(k => Of(expand.Keys[k].Scalar)))})"))}",
        UnnestRelation unnest => $"{(unnest.IsOuter ? "Left unnest" : "Unnest")} {Of(unnest.Collection)}: {Listed(unnest.Elements.Where(c => _required[unnest].Contains(c.Id)).Select(c => _names[c.Id]), "only how many elements there are")}{(unnest.Ordinality is { } place && _required[unnest].Contains(place.Id) ? ", with the place" : "")}",
        JoinRelation join => $"{join.Kind} join{(join.Keys.Count == 0 ? ", every row with every row" : $" on {string.Join(" and ", join.Keys.Select(k => $"{Of(k.Left)} = {Of(k.Right)}"))}")}{(join.Condition is null ? "" : $" where {Of(join.Condition)}")}",
        VersionedJoinRelation versioned => $"{(versioned.IsOuter ? "Left versioned" : "Versioned")} join on {string.Join(" and ", versioned.Keys.Select(k => $"{Of(k.Left)} = {Of(k.Right)}"))}, as of {Of(versioned.LeftTime)}, versions from {Of(versioned.RightTime)} on",
        LookupJoinRelation lookup => $"{(lookup.IsOuter ? "Left lookup" : "Lookup")} join {lookup.Table.Name} on {string.Join(" and ", lookup.Keys.Select(k => $"{Of(k.Left)} = {k.Right.Name}"))}{(lookup.Condition is null ? "" : $" where {Of(lookup.Condition)}")}: {Listed(lookup.Right.Fields.Where(f => _required[lookup].Contains(f.Column.Id)).Select(f => $"{f.Field.Name} {f.Field.Type}"), "only whether there is a row")}",
        TopNRelation top => $"{(top.From == top.To && top.From == 1 ? "First row" : $"Rows {top.From} to {top.To}")}{By(top.PartitionBy)}{Ordered(top.OrderBy)}{(_required[top].Contains(top.Number.Id) ? ", with the number" : "")}",
        OverRelation over => $"Over{By(over.PartitionBy)}{Ordered(over.OrderBy)}: {Listed(over.Calls.Where(c => _required[over].Contains(c.Column.Id)).Select(c => OverOf(c.Call, over.OrderBy)))}",
        WatermarkRelation watermark => $"Wait for the watermark to pass {Of(watermark.End)}: {Listed(watermark.Sources.Select(s => $"{s.Scan.Table.Name} up to {Of(s.Time)}{(s.IdleTimeout is { } idle ? $", without partitions that are idle for {new TimeSpan(idle)}" : "")}"))}",
        UnionRelation => "Union all",
        SetRelation set => $"{(set.IsExcept ? "Except" : "Intersect")}{(set.IsAll ? " all" : "")}",
        _ => throw new InvalidOperationException($"{relation.GetType().Name} has no text"),
    };

    private string KeyOf((PlanColumn Column, Scalar Scalar) key) => Of(key.Scalar);

    private string CallOf((PlanColumn Column, Aggregates.AggregateCall Call) call) => TextOf(call.Call);

    private string TextOf(Aggregates.AggregateCall call) =>
        $"{Spelled(call.Kind)}({(call.IsDistinct ? "DISTINCT " : "")}{(call.Argument is null ? "*" : Of(call.Argument))}{call.Details})";

    private static string Spelled(Aggregates.AggregateKind kind) => kind switch
    {
        Aggregates.AggregateKind.FirstValue => "FIRST_VALUE",
        Aggregates.AggregateKind.LastValue => "LAST_VALUE",
        Aggregates.AggregateKind.VarPop => "VAR_POP",
        Aggregates.AggregateKind.VarSamp => "VAR_SAMP",
        Aggregates.AggregateKind.StddevPop => "STDDEV_POP",
        Aggregates.AggregateKind.StddevSamp => "STDDEV_SAMP",
        Aggregates.AggregateKind.ArrayAgg => "ARRAY_AGG",
        Aggregates.AggregateKind.JsonObjectAgg => "JSON_OBJECTAGG",
        Aggregates.AggregateKind.JsonArrayAgg => "JSON_ARRAYAGG",
        _ => kind.ToString().ToUpperInvariant(),
    };

    private string OverOf(OverCall call, IReadOnlyList<SortItem> order)
    {
        if (_isForPeople)
            return ReadableOverOf(call, order);
        var frame = call.Function != OverFunction.Aggregate ? "" : $" {(call.Frame.IsRows ? "ROWS" : "RANGE")} {(call.Frame.Preceding is { } distance ? $"{distance} PRECEDING" : "UNBOUNDED PRECEDING")}";
        return call.Aggregate is { } aggregate ? TextOf(aggregate) + frame
            : $"{call.Function}({string.Join(", ", new[] { call.Argument, call.Default }.OfType<Scalar>().Select(Of))}{(call.Argument is null ? "" : $", {call.Offset}")})";
    }

    private string ReadableOverOf(OverCall call, IReadOnlyList<SortItem> order)
    {
        if (call.Aggregate is { } aggregate)
        {
            // A distance of times is kept in ticks.
            var distance = call.Frame.Preceding is not { } preceding ? "UNBOUNDED"
                : !call.Frame.IsRows && !order[0].Scalar.Type.IsNumeric ? $"INTERVAL {new TimeSpan(preceding.ToInt64())}"
                : preceding.ToString();
            return $"{TextOf(aggregate)} {(call.Frame.IsRows ? "ROWS" : "RANGE")} {distance} PRECEDING";
        }

        var name = call.Function switch
        {
            OverFunction.RowNumber => "ROW_NUMBER",
            OverFunction.DenseRank => "DENSE_RANK",
            var function => function.ToString().ToUpperInvariant(),
        };
        return call.Argument is null ? $"{name}()" : $"{name}({Of(call.Argument)}, {call.Offset}{(call.Default is null ? "" : $", {Of(call.Default)}")})";
    }

    // What a record has beside its value.
    private string NameOf(string name) => _isForPeople && name.StartsWith('$') ? $"record.{name[1..]}" : name;

    private string By(IReadOnlyList<Scalar> keys) => keys.Count == 0 ? "" : $" by {string.Join(", ", keys.Select(Of))}";

    private string Ordered(IReadOnlyList<SortItem> order) => order.Count == 0 ? "" : $", ordered by {string.Join(", ", order.Select(o => (o with { Scalar = Named(o.Scalar) }).ToString()))}";

    private string Of(Scalar scalar) => Named(scalar).ToString()!;

    private Scalar Named(Scalar scalar)
    {
        var named = scalar.Replace(s => s is ColumnScalar column ? column with { Name = _names.GetValueOrDefault(column.Index, column.Name) } : null);
        return _isForPeople ? PlanText.Readable(named) : named;
    }

    private static string Listed(IEnumerable<string> items, string none = "none") => string.Join(", ", items) is { Length: > 0 } text ? text : none;
}
