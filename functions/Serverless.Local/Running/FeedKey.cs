using Serverless.Engine;
using Serverless.Engine.Expressions;

namespace Serverless.Local.Running;

/// <summary>The field of a job's events whose value becomes the key of a record that is sent: the events of one group go to one partition, so that they keep their order.</summary>
internal static class FeedKey
{
    /// <summary>Returns the first that a reader of the topic has; null if none has.</summary>
    /// <param name="readers">The jobs that read the topic.</param>
    public static string? Of(IEnumerable<Job> readers) => readers.Select(FieldOf).FirstOrDefault(f => f is not null);

    private static string? FieldOf(Job job) =>
        job.Keys.Select(k => k.Scalar).OfType<ColumnScalar>().Select(c => job.Fields[c.Index]).FirstOrDefault(f => f.Path.Count == 1)?.Name;
}
