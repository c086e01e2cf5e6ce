using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Makes a timeline if the sink's key follows <c>MAX(x)</c>, plain or through DATE_FORMAT and CAST: one row per time bucket, made of all events up to it.</summary>
internal sealed class TimelineBinder(TableDefinition sink, InsertStatement insert, JobSettings settings, Diagnostics diagnostics)
{
    /// <summary>Returns the shape with its timeline, if it has one; null if the sink's key is made of an aggregate in a way that makes none: an error has been reported.</summary>
    public JobShape? Bind(JobShape shape, IReadOnlyList<AggregateCall> aggregates)
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
