using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;

namespace Serverless.Engine.Plans;

/// <summary><c>JOIN … FOR SYSTEM_TIME AS OF</c> the clock, on a table of a database: each row with the rows that the table has for its key when it is asked.</summary>
public sealed class LookupJoinRelation : Relation
{
    internal LookupJoinRelation(Relation left, ScanRelation right, IReadOnlyList<(Scalar Left, ColumnScalar Right)> keys, Scalar? condition, bool isOuter) =>
        (Inputs, Right, Keys, Condition, IsOuter) = ([left], right, keys, condition, isOuter);

    /// <summary>The table.</summary>
    public TableDefinition Table => Right.Table;

    /// <summary>Expressions over the left columns, each with the column of the table that must be equal to it.</summary>
    public IReadOnlyList<(Scalar Left, ColumnScalar Right)> Keys { get; }

    /// <summary>What else must be true of a pair; null for nothing.</summary>
    public Scalar? Condition { get; }

    /// <summary>Whether rows for which the table has none come out.</summary>
    public bool IsOuter { get; }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Inputs[0].Columns, .. Right.Columns];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; }

    /// <inheritdoc />
    public override bool IsAppendOnly => Inputs[0].IsAppendOnly;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities => IsOuter
        ? base.Equalities
        : base.Equalities.Concat(Keys.Where(k => k.Left is ColumnScalar).Select(k => (((ColumnScalar)k.Left).Index, k.Right.Index)));

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => Keys.Select(k => k.Left).Concat(Condition is null ? [] : [Condition]);

    /// <summary>The table's columns, as far as the query names them. It is no input: nothing is read of it but what is asked for.</summary>
    internal ScanRelation Right { get; }

    /// <summary>Whether each row of a relation is made of one record, so that what was found for it need never be found again.</summary>
    internal static bool IsPerRecord(Relation relation) => relation switch
    {
        ScanRelation scan => scan.IsAppendOnly,
        FilterRelation or ProjectRelation or WindowRelation or ExpandRelation or UnionRelation or LookupJoinRelation => relation.Inputs.All(IsPerRecord),
        _ => false,
    };
}
