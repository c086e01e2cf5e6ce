using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>Relations to operators: columns get places, filters and projections become one calculation in front of whoever needs them.</summary>
internal sealed class DataflowBuilder
{
    private readonly RequiredColumns _required;
    private readonly Dictionary<Relation, Node> _built = [];
    private readonly List<DataflowNode> _nodes = [];
    private readonly List<DataflowSource> _sources = [];
    private readonly List<DataflowLookup> _lookups = [];

    private DataflowBuilder(RequiredColumns required) => _required = required;

    /// <summary>Builds the operators of a query.</summary>
    /// <param name="root">The relation on top.</param>
    /// <param name="outputs">What is evaluated over it: the last operator's columns.</param>
    public static (IReadOnlyList<DataflowNode> Nodes, IReadOnlyList<DataflowSource> Sources, IReadOnlyList<DataflowLookup> Lookups, int Root, int[] Places) Build(
        Relation root, IReadOnlyList<Scalar> outputs)
    {
        var builder = new DataflowBuilder(new RequiredColumns(root, outputs));
        var (node, places) = builder.Input(root, outputs);
        return (builder._nodes, builder._sources, builder._lookups, node.Index, places);
    }

    private Node Build(Relation relation)
    {
        if (_built.TryGetValue(relation, out var known))
            return known;
        var node = relation switch
        {
            ScanRelation scan => Scan(scan),
            AggregateRelation aggregate => Aggregate(aggregate),
            WindowRelation window => Window(window),
            SessionRelation session => Session(session),
            ExpandRelation expand => Expand(expand),
            UnnestRelation unnest => Unnest(unnest),
            JoinRelation join => Join(join),
            VersionedJoinRelation versioned => Versioned(versioned),
            LookupJoinRelation lookup => Lookup(lookup),
            TopNRelation top => TopN(top),
            OverRelation over => Over(over),
            WatermarkRelation watermark => Watermark(watermark),
            UnionRelation union => Union(union),
            SetRelation set => Set(set),
            _ => Passed(relation),
        };
        if (_nodes[node.Index].Operator is KeyedOperator)
            _nodes[node.Index] = _nodes[node.Index] with { Relation = relation };
        _built.Add(relation, node);
        return node;
    }

    private Node Passed(Relation relation)
    {
        var columns = Needed(relation);
        var (node, places) = Input(relation, [.. columns.Select(c => c.Scalar)]);
        return node with { Ids = IdsOf(node.Types.Count, places, [.. columns.Select(c => c.Scalar)]) };
    }

    /// <summary>The node that has some expressions over a relation as columns, and where.</summary>
    private (Node Node, int[] Places) Input(Relation relation, IReadOnlyList<Scalar> needed)
    {
        var (below, condition, columns) = Inline(relation);
        var scalars = needed.Select(s => Substitute(s, columns)).ToList();
        var node = Build(below);
        int PlaceOf(ColumnScalar column) => node.PlaceOf(column.Index);
        if (condition is null && scalars.TrueForAll(s => s is ColumnScalar))
        {
            var passed = scalars.ConvertAll(s => PlaceOf((ColumnScalar)s)).ToArray();
            return (node with { Ids = [.. node.Ids.Zip(IdsOf(node.Types.Count, passed, needed), (known, more) => (int[])[.. known, .. more])] }, passed);
        }

        var outputs = scalars.Distinct().ToList();
        var calc = new CalcOperator(condition, outputs, PlaceOf);
        int[] places = [.. scalars.Select(s => outputs.IndexOf(s))];
        return (Add(calc, [node.Index], IdsOf(outputs.Count, places, needed)), places);
    }

    // Several columns may be one value, and so have one place.
    private static int[][] IdsOf(int width, int[] places, IReadOnlyList<Scalar> columns) =>
        [.. Enumerable.Range(0, width).Select(place => columns.Where((c, i) => places[i] == place && c is ColumnScalar).Select(c => ((ColumnScalar)c).Index).ToArray())];

    /// <summary>Unfolds the filters and projections on top of a relation.</summary>
    private static (Relation Below, Scalar? Condition, Dictionary<int, Scalar> Columns) Inline(Relation relation)
    {
        switch (relation)
        {
            case FilterRelation filter:
            {
                var (below, condition, columns) = Inline(filter.Inputs[0]);
                var own = Substitute(filter.Condition, columns);
                return (below, condition is null ? own : new LogicalScalar(true, condition, own), columns);
            }

            case ProjectRelation project:
            {
                var (below, condition, columns) = Inline(project.Inputs[0]);
                var all = new Dictionary<int, Scalar>(columns);
                foreach (var (column, scalar) in project.Items)
                    all[column.Id] = Substitute(scalar, columns);
                return (below, condition, all);
            }

            default:
                return (relation, null, []);
        }
    }

    private static Scalar Substitute(Scalar scalar, Dictionary<int, Scalar> columns) =>
        columns.Count == 0 ? scalar : scalar.Replace(s => s is ColumnScalar column ? columns.GetValueOrDefault(column.Index) : null);

    private List<PlanColumn> Needed(Relation relation) => [.. relation.Columns.Where(c => _required[relation].Contains(c.Id))];

    private Node Add(Operator @operator, int[] inputs, IEnumerable<int> ids) => Add(@operator, inputs, [.. ids.Select(i => new[] { i })]);

    private Node Add(Operator @operator, int[] inputs, int[][] ids)
    {
        var isPerRecord = @operator is StatelessOperator && Array.TrueForAll(inputs, i => _nodes[i].IsPerRecord);
        _nodes.Add(new DataflowNode(@operator, inputs, @operator.Types, isPerRecord));
        return new Node(_nodes.Count - 1, ids, @operator.Types);
    }

    private Node Scan(ScanRelation scan)
    {
        var fields = scan.Fields.Where(f => _required[scan].Contains(f.Column.Id)).ToList();
        var source = _sources.FindIndex(s => s.Table.Name == scan.Table.Name);
        if (source < 0)
        {
            source = _sources.Count;
            _sources.Add(new DataflowSource(scan.Table));
        }

        _nodes.Add(new DataflowNode(null, [], [.. fields.Select(f => f.Column.Type)], true)
        {
            Source = source,
            Fields = [.. fields.Select(f => _sources[source].PlaceOf(f.Field))],
        });
        return new Node(_nodes.Count - 1, [.. fields.Select(f => new[] { f.Column.Id })], [.. fields.Select(f => f.Column.Type)]);
    }

    private Node Aggregate(AggregateRelation aggregate)
    {
        var input = aggregate.Inputs[0];
        var calls = aggregate.Calls.Where(c => _required[aggregate].Contains(c.Column.Id)).ToList();
        var keys = aggregate.Keys;
        var arguments = calls.Select(c => c.Call.Argument).OfType<Scalar>().ToList();
        var order = aggregate.NeedsOrder ? input.Order : [];
        var (node, places) = Input(input, [.. keys.Select(k => k.Scalar), .. arguments, .. order.Select(o => o.Scalar)]);
        var next = keys.Count;
        var inputs = calls.Select(c => new AggregateInput(c.Call, c.Call.Argument is null ? -1 : places[next++])).ToArray();
        return Add(
            new AggregateOperator(
                [.. keys.Select(k => k.Column.Type), .. calls.Select(c => c.Call.Type)], places[..keys.Count], inputs, places[^order.Count..], input.IsAppendOnly),
            [node.Index],
            [.. keys.Select(k => k.Column.Id), .. calls.Select(c => c.Column.Id)]);
    }

    /// <summary>The node of an input whose needed columns are passed on, with further expressions; where these are.</summary>
    private (Node Node, int[] Places) PassedInput(Relation relation, Relation input, IReadOnlyList<Scalar> further)
    {
        var inputIds = input.Columns.Select(c => c.Id).ToHashSet();
        var passed = relation.Columns.Where(c => _required[relation].Contains(c.Id) && inputIds.Contains(c.Id)).Select(c => (Scalar)c.Scalar).ToList();
        var (node, places) = Input(input, [.. passed, .. further]);
        return (node, places[passed.Count..]);
    }

    private Node Window(WindowRelation window)
    {
        var (node, places) = PassedInput(window, window.Inputs[0], [window.Time]);
        return Add(
            new WindowOperator([.. node.Types, window.Start.Type, window.End.Type], places[0], window.Window),
            [node.Index],
            [.. node.Ids, [window.Start.Id], [window.End.Id]]);
    }

    private Node Session(SessionRelation session)
    {
        var (node, places) = PassedInput(session, session.Inputs[0], [.. session.Keys, session.Time]);
        return Add(
            new SessionOperator([.. node.Types, session.Start.Type, session.End.Type], places[..^1], places[^1], session.Gap),
            [node.Index],
            [.. node.Ids, [session.Start.Id], [session.End.Id]]);
    }

    private Node Expand(ExpandRelation expand)
    {
        var (node, places) = PassedInput(expand, expand.Inputs[0], [.. expand.Keys.Select(k => k.Scalar)]);
        return Add(
            new ExpandOperator([.. node.Types, .. expand.Keys.Select(k => k.Column.Type), expand.Set.Type], places, expand.Sets),
            [node.Index],
            [.. node.Ids, .. expand.Keys.Select(k => new[] { k.Column.Id }), [expand.Set.Id]]);
    }

    private Node Unnest(UnnestRelation unnest)
    {
        var (node, places) = PassedInput(unnest, unnest.Inputs[0], [unnest.Collection]);
        IEnumerable<PlanColumn> added = unnest.Ordinality is null ? unnest.Elements : unnest.Elements.Append(unnest.Ordinality);
        return Add(
            new UnnestOperator([.. node.Types, .. added.Select(c => c.Type)], places[0], unnest.Collection.Type, unnest.Elements.Count, unnest.Ordinality is not null, unnest.IsOuter),
            [node.Index],
            [.. node.Ids, .. added.Select(c => new[] { c.Id })]);
    }

    private Node Join(JoinRelation join)
    {
        var columns = join.Condition is null ? [] : RequiredColumns.ColumnsOf(join.Condition).ToHashSet();
        var left = Side(0);
        var right = Side(1);
        var ids = left.Node.Ids.Concat(right.Node.Ids).ToArray();
        var condition = join.Condition is null ? null : (Evaluator<bool?>)ScalarCompiler.Compile(join.Condition, leaf => Array.FindIndex(ids, i => i.Contains(((ColumnScalar)leaf).Index)));
        var isLeftOnly = join.Kind is JoinOutput.Semi or JoinOutput.Anti;
        return Add(
            new JoinOperator(join.Kind, left.Node.Types, right.Node.Types, left.Places, right.Places, false, condition),
            [left.Node.Index, right.Node.Index],
            isLeftOnly ? left.Node.Ids : ids);

        (Node Node, int[] Places) Side(int side)
        {
            var input = join.Inputs[side];
            var keys = join.Keys.Select(k => side == 0 ? k.Left : k.Right).ToList();
            var passed = Needed(input).Where(c => columns.Contains(c.Id) || _required[join].Contains(c.Id)).Select(c => (Scalar)c.Scalar).ToList();
            var (node, places) = Input(input, [.. passed, .. keys]);
            return (node, places[passed.Count..]);
        }
    }

    private Node Versioned(VersionedJoinRelation join)
    {
        var (left, leftPlaces) = PassedInput(join, join.Inputs[0], [.. join.Keys.Select(k => k.Left), join.LeftTime]);
        var order = join.Inputs[1].Order;
        var (right, rightPlaces) = PassedInput(join, join.Inputs[1], [.. join.Keys.Select(k => k.Right), join.RightTime, .. order.Select(o => (Scalar)o.Scalar), .. join.IsEnd is null ? [] : new[] { join.IsEnd }]);
        var count = join.Keys.Count;
        return Add(
            new VersionedJoinOperator(left.Types, right.Types, leftPlaces[..count], rightPlaces[..count], leftPlaces[count], rightPlaces[count..(count + 1 + order.Count)], join.IsEnd is null ? null : rightPlaces[^1], join.IsOuter),
            [left.Index, right.Index],
            [.. left.Ids, .. right.Ids]);
    }

    private Node Lookup(LookupJoinRelation join)
    {
        var columns = join.Condition is null ? [] : RequiredColumns.ColumnsOf(join.Condition).ToHashSet();
        var passed = Needed(join.Inputs[0]).Where(c => columns.Contains(c.Id) || _required[join].Contains(c.Id)).Select(c => (Scalar)c.Scalar).ToList();
        var (left, places) = Input(join.Inputs[0], [.. passed, .. join.Keys.Select(k => k.Left)]);
        var right = join.Right.Fields.Where(f => columns.Contains(f.Column.Id) || _required[join].Contains(f.Column.Id)).ToList();
        int PlaceOf(int id) => join.Table.Columns.ToList().FindIndex(c => c.Name == join.Right.Fields.First(f => f.Column.Id == id).Field.Path[0]);
        var lookup = new DataflowLookup(join.Table, new([.. join.Keys.Select(k => PlaceOf(k.Right.Index))]), new([.. right.Select(f => PlaceOf(f.Column.Id))]));
        // Two joins of one kind ask one table, and share what it has said.
        var at = _lookups.IndexOf(lookup);
        if (at < 0)
        {
            at = _lookups.Count;
            _lookups.Add(lookup);
        }

        int[][] ids = [.. left.Ids, .. right.Select(f => new[] { f.Column.Id })];
        var condition = join.Condition is null ? null : (Evaluator<bool?>)ScalarCompiler.Compile(join.Condition, leaf => Array.FindIndex(ids, i => i.Contains(((ColumnScalar)leaf).Index)));
        return Add(
            new LookupJoinOperator(left.Types, [.. right.Select(f => f.Column.Type)], places[passed.Count..], condition, join.IsOuter) { Lookup = at },
            [left.Index],
            ids);
    }

    private Node TopN(TopNRelation top)
    {
        var input = top.Inputs[0];
        var hasNumber = _required[top].Contains(top.Number.Id);
        var (node, keys, order, ties) = Ordered(top, input, top.PartitionBy, top.OrderBy, []);
        return Add(
            new TopNOperator(node.Types, keys, [.. order, .. ties], top.From, top.To, hasNumber, input.IsAppendOnly),
            [node.Index],
            hasNumber ? [.. node.Ids, [top.Number.Id]] : node.Ids);
    }

    private Node Over(OverRelation over)
    {
        var calls = over.Calls.Where(c => _required[over].Contains(c.Column.Id)).ToList();
        var further = calls.SelectMany(c => c.Call.Expressions).ToList();
        var (node, keys, order, ties, places) = OrderedWith(over, over.Inputs[0], over.PartitionBy, over.OrderBy, further);
        var next = 0;
        var inputs = calls.Select(c => new OverInput(
            c.Call.Function,
            c.Call.Aggregate,
            c.Call.Aggregate?.Argument is not null || c.Call.Argument is not null ? places[next++] : -1,
            c.Call.Offset,
            c.Call.Default is not null ? places[next++] : -1,
            c.Call.Frame)).ToArray();
        return Add(
            new OverOperator(node.Types, [.. node.Types, .. calls.Select(c => c.Column.Type)], keys, order, ties, inputs),
            [node.Index],
            [.. node.Ids, .. calls.Select(c => new[] { c.Column.Id })]);
    }

    private Node Watermark(WatermarkRelation watermark)
    {
        var (node, end) = PassedInput(watermark, watermark.Inputs[0], [watermark.End]);
        var sources = watermark.Sources.Select(s => (Source: s, Input: Input(s.Scan, [s.Time, s.Topic, s.Partition, s.Timestamp]))).ToList();
        return Add(
            new WatermarkOperator(node.Types, end[0], [.. sources.Select(s => new WatermarkInput(s.Input.Places[0], s.Input.Places[1], s.Input.Places[2], s.Input.Places[3], s.Source.IdleTimeout))]),
            [node.Index, .. sources.Select(s => s.Input.Node.Index)],
            node.Ids);
    }

    private (Node Node, int[] Keys, SortColumn[] Order, SortColumn[] Ties) Ordered(
        Relation relation, Relation input, IReadOnlyList<Scalar> partitionBy, IReadOnlyList<SortItem> orderBy, IReadOnlyList<Scalar> further)
    {
        var (node, keys, order, ties, _) = OrderedWith(relation, input, partitionBy, orderBy, further);
        return (node, keys, order, ties);
    }

    private (Node Node, int[] Keys, SortColumn[] Order, SortColumn[] Ties, int[] Further) OrderedWith(
        Relation relation, Relation input, IReadOnlyList<Scalar> partitionBy, IReadOnlyList<SortItem> orderBy, IReadOnlyList<Scalar> further)
    {
        var ties = input.Order;
        var (node, places) = PassedInput(relation, input, [.. partitionBy, .. orderBy.Select(o => o.Scalar), .. ties.Select(t => t.Scalar), .. further]);
        var (keys, order) = (partitionBy.Count, orderBy.Count);
        return (
            node,
            places[..keys],
            [.. orderBy.Select((o, i) => new SortColumn(places[keys + i], o.IsDescending, o.NullsFirst))],
            [.. ties.Select((_, i) => new SortColumn(places[keys + order + i], false, true))],
            places[(keys + order + ties.Count)..]);
    }

    private Node Union(UnionRelation union)
    {
        var kept = Enumerable.Range(0, union.Columns.Count).Where(i => _required[union].Contains(union.Columns[i].Id)).ToList();
        var inputs = union.Inputs.Select((input, i) => Input(input, [.. kept.Select(k => (Scalar)union.Places[i][k].Scalar)])).ToList();
        return Add(
            new UnionOperator([.. kept.Select(k => union.Columns[k].Type)], [.. inputs.Select(i => i.Places)]),
            [.. inputs.Select(i => i.Node.Index)],
            [.. kept.Select(k => union.Columns[k].Id)]);
    }

    private Node Set(SetRelation set)
    {
        var inputs = set.Inputs.Select((input, i) => Input(input, [.. set.Places[i].Select(c => (Scalar)c.Scalar)])).ToList();
        return Add(
            new IntersectExceptOperator([.. set.Columns.Select(c => c.Type)], set.IsExcept, set.IsAll, [.. inputs.Select(i => i.Places)]),
            [.. inputs.Select(i => i.Node.Index)],
            [.. set.Columns.Select(c => c.Id)]);
    }

    // Ids: for each place, the columns that are there.
    private sealed record Node(int Index, int[][] Ids, IReadOnlyList<SqlType> Types)
    {
        public int PlaceOf(int id) => Array.FindIndex(Ids, i => i.Contains(id)) is var place and >= 0 ? place : throw new InvalidOperationException($"column {id} is not among those of node {Index}");
    }
}
