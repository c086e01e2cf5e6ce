namespace Serverless.Engine.Plans;

/// <summary><c>UNION ALL</c>: the rows of every input.</summary>
public sealed class UnionRelation : Relation
{
    internal UnionRelation(IReadOnlyList<(Relation Relation, IReadOnlyList<PlanColumn> Columns)> inputs, IReadOnlyList<PlanColumn> columns, ColumnIds ids)
    {
        Inputs = [.. inputs.Select(i => i.Relation)];
        var orders = inputs.Select(i => i.Relation.Order).ToList();
        // Rows of all inputs have a place in the order of the records, or none has.
        Order = orders.TrueForAll(o => o.Count > 0 && o.Count == orders[0].Count) ? [.. orders[0].Select(o => ids.New(o.Name, o.Type))] : [];
        Columns = [.. columns, .. Order];
        Places = [.. inputs.Select((input, i) => (IReadOnlyList<PlanColumn>)[.. input.Columns, .. Order.Count > 0 ? orders[i] : []])];
    }

    /// <summary>For each input, its columns for those of the union.</summary>
    public IReadOnlyList<IReadOnlyList<PlanColumn>> Places { get; }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns { get; }

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; }

    /// <inheritdoc />
    public override bool IsAppendOnly => Inputs.All(i => i.IsAppendOnly);

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order { get; }

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities => [];
}
