using Serverless.Engine.Expressions;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Leaves a job the fields and aggregates that it needs, numbered anew: a view may name more than the query on top of it uses.</summary>
internal static class Pruning
{
    public static Job Apply(Job job)
    {
        var results = Used<AggregateScalar>(job.Outputs.Append(job.Having), a => a.Index);
        Scalar OverGroup(Scalar s) => s.Replace(x => x is AggregateScalar a ? a with { Index = results[a.Index] } : null);
        job = job with
        {
            Aggregates = [.. results.Keys.Select(i => job.Aggregates[i])],
            Outputs = [.. job.Outputs.Select(OverGroup)],
            Having = job.Having is null ? null : OverGroup(job.Having),
        };

        var read = job.Keys.Select(k => k.Scalar)
            .Concat(job.Aggregates.Select(a => a.Argument))
            .Concat(job.Checks.Select(c => c.Scalar))
            .Append(job.Filter)
            .Append(job.Timeline?.Bucket);
        var fields = Used<ColumnScalar>(read, c => c.Index);
        Scalar OverFields(Scalar s) => s.Replace(x => x is ColumnScalar c ? c with { Index = fields[c.Index] } : null);
        return job with
        {
            Fields = [.. fields.Keys.Select(i => job.Fields[i])],
            Filter = job.Filter is null ? null : OverFields(job.Filter),
            Keys = [.. job.Keys.Select(k => k with { Scalar = OverFields(k.Scalar) })],
            Aggregates = [.. job.Aggregates.Select(a => a with { Argument = a.Argument is null ? null : OverFields(a.Argument) })],
            Timeline = job.Timeline is null ? null : job.Timeline with { Bucket = OverFields(job.Timeline.Bucket) },
            Checks = [.. job.Checks.Select(c => c with { Scalar = OverFields(c.Scalar) })],
        };
    }

    /// <summary>The indices in use, in order, each with its place among them.</summary>
    private static SortedDictionary<int, int> Used<T>(IEnumerable<Scalar?> scalars, Func<T, int> index) where T : Scalar
    {
        var places = new SortedDictionary<int, int>();
        foreach (var scalar in scalars)
            Collect(scalar);
        foreach (var (used, place) in places.Keys.Select((used, place) => (used, place)).ToList())
            places[used] = place;
        return places;

        void Collect(Scalar? scalar)
        {
            if (scalar is T found)
                places[index(found)] = 0;
            foreach (var child in scalar?.Children ?? [])
                Collect(child);
        }
    }
}
