using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;

namespace Serverless.Engine.Plans;

/// <summary>An aggregation: keys and aggregates over the source's fields, and the condition on groups.</summary>
internal sealed record Grouping(IReadOnlyList<NamedScalar> Keys, IReadOnlyList<AggregateCall> Aggregates, Scalar? Having);

/// <summary>
/// A query of one source, a filter and one grouping: the fast path. Groups apply records themselves and tell of absolute rows, so that nothing has to be numbered, and rows
/// may follow <c>MAX(x)</c>.
/// </summary>
internal sealed class OneStage
{
    private readonly AggregateRelation _aggregate;

    private OneStage(ScanRelation scan, Scalar? filter, AggregateRelation aggregate, Scalar? having)
    {
        (_aggregate, Source) = (aggregate, scan.Table);
        var places = scan.Fields.Select((f, i) => (f.Column.Id, i)).ToDictionary(f => f.Id, f => f.i);
        Scalar OverFields(Scalar scalar) => scalar.Replace(s => s is ColumnScalar column ? column with { Index = places[column.Index] } : null);
        Fields = [.. scan.Fields.Select(f => f.Field)];
        Filter = filter is null ? null : OverFields(filter);
        Grouping = new Grouping(
            [.. aggregate.Keys.Select(k => new NamedScalar(k.Column.Name, OverFields(k.Scalar)))],
            [.. aggregate.Calls.Select(c => c.Call with { Argument = c.Call.Argument is { } argument ? OverFields(argument) : null })],
            having is null ? null : OverGroup(having));
    }

    /// <summary>The source.</summary>
    public TableDefinition Source { get; }

    /// <summary>The fields of the source.</summary>
    public IReadOnlyList<SourceField> Fields { get; }

    /// <summary>The condition on records.</summary>
    public Scalar? Filter { get; }

    /// <summary>The grouping.</summary>
    public Grouping Grouping { get; }

    /// <summary>Returns a relation's one stage; null if it takes more.</summary>
    public static OneStage? Of(Relation relation)
    {
        var having = Filters(ref relation);
        if (relation is not AggregateRelation aggregate)
            return null;
        relation = aggregate.Inputs[0];
        var filter = Filters(ref relation);
        return relation is ScanRelation { IsAppendOnly: true } scan ? new OneStage(scan, filter, aggregate, having) : null;
    }

    /// <summary>Returns an expression over the group's columns as one over its key and its aggregates.</summary>
    public Scalar OverGroup(Scalar scalar) => scalar.Replace(s =>
    {
        if (s is not ColumnScalar column)
            return null;
        var key = _aggregate.Keys.ToList().FindIndex(k => k.Column.Id == column.Index);
        if (key >= 0)
            return new KeyScalar(key, _aggregate.Keys[key].Column.Name, column.Type);
        var call = _aggregate.Calls.ToList().FindIndex(c => c.Column.Id == column.Index);
        return new AggregateScalar(call, _aggregate.Calls[call].Call.Text, column.Type);
    });

    private static Scalar? Filters(ref Relation relation)
    {
        Scalar? condition = null;
        for (; relation is FilterRelation filter; relation = filter.Inputs[0])
            condition = condition is null ? filter.Condition : new LogicalScalar(true, filter.Condition, condition);
        return condition;
    }
}
