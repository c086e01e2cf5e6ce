using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;

namespace Serverless.Engine.Sql.Binding;

/// <summary>What of a job's outputs can be tried for each event alone.</summary>
internal static class EventChecks
{
    /// <summary>
    /// An output over one MIN, MAX, FIRST_VALUE or LAST_VALUE, or over the group's key alone, fails for some event if it fails at all: that
    /// event is found before it reaches its group. And where a NULL key would make the sink's key NULL, the event has no row to go to.
    /// </summary>
    public static IReadOnlyList<EventCheck> Of(JobShape shape, IReadOnlyList<AggregateCall> aggregates, TableDefinition sink, bool keyed)
    {
        var checks = new List<EventCheck>();
        for (var i = 0; i < shape.Outputs.Count; i++)
        {
            var isSinkKey = keyed && sink.PrimaryKey.Contains(i);
            foreach (var part in Parts(shape.Outputs[i], aggregates))
                Add(part, isSinkKey && part.Equals(shape.Outputs[i]));
            if (isSinkKey && !shape.Outputs[i].CanFail && IsOverKey(shape.Outputs[i]))
                Add(shape.Outputs[i], true, i);
        }

        return checks;

        void Add(Scalar scalar, bool isSinkKey, int? column = null)
        {
            var overFields = scalar.Replace(x => x switch
            {
                AggregateScalar a => aggregates[a.Index].Argument,
                KeyScalar k => shape.Keys[k.Index].Scalar,
                _ => null,
            });
            var name = isSinkKey ? sink.Columns[column ?? shape.Outputs.ToList().IndexOf(scalar)].Name : null;
            // The timeline's bucket is evaluated for every event anyway, and so are keys.
            if (name is null && (Holds(shape.Timeline?.Bucket, overFields) || shape.Keys.Any(k => Holds(k.Scalar, overFields))))
                return;
            var same = checks.FindIndex(c => c.Scalar.Equals(overFields));
            if (same < 0)
                checks.Add(new EventCheck(overFields, name));
            else if (checks[same].SinkKey is null)
                checks[same] = new EventCheck(overFields, name);
        }
    }

    private static bool Holds(Scalar? whole, Scalar part) => whole is not null && whole.Any(x => x.Equals(part));

    private static bool IsOverKey(Scalar scalar) =>
        scalar.Any(x => x is KeyScalar) && !scalar.Any(x => x is AggregateScalar or BucketScalar or ClockScalar);

    /// <summary>The largest parts that can fail and depend on no more than one event's values.</summary>
    private static IEnumerable<Scalar> Parts(Scalar scalar, IReadOnlyList<AggregateCall> aggregates)
    {
        if (!scalar.CanFail)
            return [];
        var leaves = Leaves(scalar).Where(l => l is not ConstantScalar).ToHashSet();
        var single = leaves.All(l => l is KeyScalar)
            || (leaves.Count == 1 && leaves.Single() is AggregateScalar a && aggregates[a.Index].Kind is AggregateKind.Min or AggregateKind.Max or AggregateKind.FirstValue or AggregateKind.LastValue);
        return single ? [scalar] : scalar.Children.SelectMany(c => Parts(c, aggregates));
    }

    private static IEnumerable<Scalar> Leaves(Scalar scalar) =>
        scalar.Children.Count == 0 ? [scalar] : scalar.Children.SelectMany(Leaves);
}
