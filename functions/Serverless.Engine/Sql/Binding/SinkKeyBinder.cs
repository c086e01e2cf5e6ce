using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A job's keys, outputs and timeline once the sink's key has had its say.</summary>
internal sealed record JobShape(IReadOnlyList<NamedScalar> Keys, IReadOnlyList<Scalar> Outputs, Scalar? Having, Timeline? Timeline);

/// <summary>
/// Makes sure that one row belongs to one group: the sink's key must determine the group's key, where a CAST in between makes the cast value
/// the group's key; and finds the timeline where the sink's key follows MAX(x).
/// </summary>
internal sealed class SinkKeyBinder(TableDefinition sink, InsertStatement insert, JobSettings settings, Diagnostics diagnostics)
{
    public JobShape? Bind(Grouping grouping, Scalar[] outputs, bool keyed)
    {
        if (!keyed)
            return new JobShape(grouping.Keys, outputs, grouping.Having, null);

        var shape = new JobShape(grouping.Keys, outputs, grouping.Having, null);
        for (var i = 0; i < grouping.Keys.Count; i++)
            if (Determine(shape, i) is { } determined)
                shape = determined;
            else
                return null;

        return Follow(shape, grouping.Aggregates);
    }

    private IEnumerable<Scalar> SinkKey(JobShape shape) => sink.PrimaryKey.Select(k => shape.Outputs[k]);

    private JobShape? Determine(JobShape shape, int index)
    {
        var key = shape.Keys[index];
        foreach (var output in SinkKey(shape))
        {
            if (OneToOne.Under(output) is KeyScalar k && k.Index == index)
                return shape;
        }

        // A cast that may take two values to one: the cast value is the key.
        foreach (var output in SinkKey(shape))
        {
            if (InnermostCast(output, index) is not { } cast)
                continue;
            var changed = new KeyScalar(index, cast.ToString(), cast.Type);
            Scalar Over(Scalar s) => s.Replace(x => x.Equals(cast) ? changed : null);
            var result = shape with
            {
                Keys = [.. shape.Keys.Select((other, i) => i == index ? new NamedScalar(cast.ToString(), cast.Replace(x => x is KeyScalar k && k.Index == index ? key.Scalar : null)) : other)],
                Outputs = [.. shape.Outputs.Select(Over)],
                Having = shape.Having is null ? null : Over(shape.Having),
            };
            if (!result.Outputs.Append(result.Having).Any(o => o is not null && o.Any(x => x is KeyScalar k && k.Index == index && k.Type != cast.Type)))
                return result;
            diagnostics.Error(insert.Table.Span, $"the sink's key holds {cast}, so that '{key.Name}' can have several values in one row: use {cast} wherever '{key.Name}' stands, or add '{key.Name}' to the primary key");
            return null;
        }

        var names = string.Join(", ", sink.PrimaryKey.Select(k => sink.Columns[k].Name));
        diagnostics.Error(insert.Table.Span, $"the primary key ({names}) of '{sink.Name}' does not determine the group key '{key.Name}': several groups would overwrite one row. Put '{key.Name}' into the primary key, or group by what the primary key holds");
        return null;
    }

    /// <summary>The whole chain of casts that an output makes of a key, or null where it does something else with it.</summary>
    private static Scalar? InnermostCast(Scalar output, int index)
    {
        var value = output;
        while (value is CallScalar { IsCast: true } or TryScalar)
            value = value.Children[0];
        return value is KeyScalar key && key.Index == index && !ReferenceEquals(value, output) ? output : null;
    }

    /// <summary>Finds what of the sink's key follows an aggregate.</summary>
    private JobShape? Follow(JobShape shape, IReadOnlyList<AggregateCall> aggregates)
    {
        var chains = new List<Chain>();
        foreach (var key in sink.PrimaryKey)
        {
            var output = shape.Outputs[key];
            if (output.Any(x => x is ClockScalar))
            {
                diagnostics.Error(insert.Table.Span, $"the sink's key column '{sink.Columns[key].Name}' is made of the clock: every delivery would write another row");
                return null;
            }

            if (!output.Any(x => x is AggregateScalar))
                continue;
            if (Chain.Of(output, aggregates) is not { } chain)
            {
                diagnostics.Error(insert.Table.Span, $"the sink's key column '{sink.Columns[key].Name}' is made of an aggregate ({output}); the key may follow MAX(x) only, plain or through DATE_FORMAT and CAST");
                return null;
            }

            chains.Add(chain);
        }

        if (chains.Count == 0)
            return shape;
        if (chains.Exists(c => c.Aggregate != chains[0].Aggregate || !c.Base.Equals(chains[0].Base)))
        {
            diagnostics.Error(insert.Table.Span, $"the sink's key follows an aggregate in two ways ({string.Join(" and ", chains.Select(c => c.Output))}); let every part of it be made of the same MAX(x) through the same CAST");
            return null;
        }

        var call = aggregates[chains[0].Aggregate];
        var parsed = chains[0].Base.Replace(x => x is AggregateScalar ? call.Argument : null);
        var bucket = Chain.Truncate(parsed, chains, settings);
        var followed = chains[0].From(new BucketScalar(bucket.Type), settings);
        var keys = sink.PrimaryKey.ToHashSet();
        // Keys are made of the bucket; elsewhere MAX(x) stays what it is.
        var outputs = shape.Outputs.Select((o, i) => keys.Contains(i) ? o.Replace(x => x.Equals(chains[0].Base) ? followed : null) : o);
        var text = string.Join(", ", chains.Select(c => c.Output.ToString()));
        diagnostics.Notice(insert.Table.Span, $"the key of '{sink.Name}' follows {call.Text}: one row per {Chain.Describe(chains)} is kept, made of all events up to it, and a late event corrects its own row and the later ones (Flink's result depends on the order of arrival)");
        return shape with { Outputs = [.. outputs], Timeline = new Timeline(bucket, text) };
    }
}
