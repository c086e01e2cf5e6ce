using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary>Which columns of each relation are needed above it: what nobody needs is neither decoded nor kept.</summary>
internal sealed class RequiredColumns
{
    private readonly Dictionary<Relation, HashSet<int>> _required = [];

    /// <summary>Finds them for a graph.</summary>
    /// <param name="root">The relation on top.</param>
    /// <param name="outputs">What is evaluated over it.</param>
    public RequiredColumns(Relation root, IEnumerable<Scalar> outputs)
    {
        var order = InputsFirst(root);
        foreach (var relation in order)
            _required.Add(relation, []);
        Need(root, outputs.SelectMany(ColumnsOf));
        foreach (var relation in order.Reverse())
            Pass(relation, _required[relation]);
    }

    /// <summary>The needed columns of a relation.</summary>
    public IReadOnlySet<int> this[Relation relation] => _required[relation];

    /// <summary>The relations of a graph, each once, behind all that it is made of.</summary>
    public static IReadOnlyList<Relation> InputsFirst(Relation root)
    {
        var order = new List<Relation>();
        var seen = new HashSet<Relation>();
        Visit(root);
        return order;

        void Visit(Relation relation)
        {
            if (!seen.Add(relation))
                return;
            foreach (var input in relation.Inputs)
                Visit(input);
            order.Add(relation);
        }
    }

    /// <summary>The columns that an expression reads.</summary>
    public static IEnumerable<int> ColumnsOf(Scalar scalar) =>
        scalar is ColumnScalar column ? [column.Index] : scalar.Children.SelectMany(ColumnsOf);

    private void Need(Relation relation, IEnumerable<int> columns)
    {
        var own = relation.Columns.Select(c => c.Id).ToHashSet();
        _required[relation].UnionWith(columns.Where(own.Contains));
    }

    private void Pass(Relation relation, HashSet<int> needed)
    {
        switch (relation)
        {
            case ProjectRelation project:
                Need(project.Inputs[0], needed.Concat(project.Items.Where(i => needed.Contains(i.Column.Id)).SelectMany(i => ColumnsOf(i.Scalar))));
                break;
            case AggregateRelation aggregate:
                var arguments = aggregate.Calls.Where(c => needed.Contains(c.Column.Id)).Select(c => c.Call.Argument).OfType<Scalar>();
                Need(aggregate.Inputs[0], aggregate.Keys.Select(k => k.Scalar).Concat(arguments).SelectMany(ColumnsOf));
                if (aggregate.NeedsOrder)
                    Need(aggregate.Inputs[0], aggregate.Inputs[0].Order.Select(o => o.Id));
                break;
            case TopNRelation or OverRelation:
                Need(relation.Inputs[0], needed.Concat(relation.Expressions.SelectMany(ColumnsOf)).Concat(relation.Inputs[0].Order.Select(o => o.Id)));
                break;
            case VersionedJoinRelation:
                foreach (var input in relation.Inputs)
                    Need(input, needed.Concat(relation.Expressions.SelectMany(ColumnsOf)));
                Need(relation.Inputs[1], relation.Inputs[1].Order.Select(o => o.Id));
                break;
            case UnionRelation union:
                for (var i = 0; i < union.Inputs.Count; i++)
                    Need(union.Inputs[i], union.Columns.Zip(union.Places[i]).Where(c => needed.Contains(c.First.Id)).Select(c => c.Second.Id));
                break;
            case SetRelation set:
                for (var i = 0; i < 2; i++)
                    Need(set.Inputs[i], set.Places[i].Select(c => c.Id));
                break;
            default:
                foreach (var input in relation.Inputs)
                    Need(input, needed.Concat(relation.Expressions.SelectMany(ColumnsOf)));
                break;
        }
    }
}
