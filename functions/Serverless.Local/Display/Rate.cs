using System.Diagnostics;
using Serverless.Local.Running;

namespace Serverless.Local.Display;

/// <summary>The records that a job reads per second, averaged over the last few seconds so that the number does not jump.</summary>
/// <param name="job">The job.</param>
internal sealed class Rate(JobProgress job)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);

    private readonly Queue<(long Records, long At)> _looks = new([(job.Records, Stopwatch.GetTimestamp())]);

    /// <summary>The job.</summary>
    public JobProgress Job { get; } = job;

    /// <summary>Looks at the job, and says the records per second since the looks of a few seconds ago.</summary>
    public long Measure()
    {
        var (records, at) = (Job.Records, Stopwatch.GetTimestamp());
        _looks.Enqueue((records, at));
        while (_looks.Count > 2 && Stopwatch.GetElapsedTime(_looks.Peek().At, at) > Span)
            _looks.Dequeue();
        var first = _looks.Peek();
        var seconds = Stopwatch.GetElapsedTime(first.At, at).TotalSeconds;
        return seconds == 0 ? 0 : (long)Math.Ceiling((records - first.Records) / seconds);
    }
}
