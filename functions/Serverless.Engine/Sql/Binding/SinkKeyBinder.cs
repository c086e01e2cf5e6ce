using Serverless.Engine.Expressions;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A job's keys, outputs and timeline once the sink's key has had its say.</summary>
internal sealed record JobShape(IReadOnlyList<NamedScalar> Keys, IReadOnlyList<Scalar> Outputs, Scalar? Having, Timeline? Timeline);

/// <summary>
/// Makes sure that one row belongs to one group: the sink's key must determine the group's key, where a CAST in between makes the cast value
/// the group's key.
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

        return new TimelineBinder(sink, insert, settings, diagnostics).Bind(shape, grouping.Aggregates);
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
}
