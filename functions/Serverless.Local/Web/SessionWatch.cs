using Serverless.Dashboard;
using Serverless.Local.Running;

namespace Serverless.Local.Web;

/// <summary>How the jobs of a session are.</summary>
/// <param name="session">The session.</param>
/// <param name="clock">The clock.</param>
internal sealed class SessionWatch(Session session, TimeProvider clock) : IJobWatch
{
    private readonly IReadOnlyList<(JobProgress Progress, LastLetters Letters)> _jobs =
        [.. session.Progress.Zip(session.Letters, (p, l) => (p, new LastLetters(p.Job, l, clock)))];

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<JobStatus>> GetAsync(CancellationToken cancellationToken)
    {
        var statuses = new List<JobStatus>();
        foreach (var (progress, letters) in _jobs)
            statuses.Add(await StatusOfAsync(progress, letters, cancellationToken));
        return statuses;
    }

    private async Task<JobStatus> StatusOfAsync(JobProgress progress, LastLetters letters, CancellationToken cancellationToken)
    {
        var (count, last) = await letters.GetAsync(progress.DeadLetters, cancellationToken);
        var (records, partitions, source, sink) = (progress.Records, progress.Partitions, progress.Source, progress.Sink);
        return new JobStatus
        {
            Job = progress.Job,
            Records = records,
            LastRead = progress.LastRead,
            RecordsPerSecond = progress.RateAt(clock) is { } rate ? Math.Round(rate, 1) : null,
            Lag = partitions?.Sum(p => p.Lag),
            Partitions = partitions?.Select(p => new PartitionStatus(p.Partition, p.Lag, p.Topic)).ToList() ?? [],
            Skipped = progress.Skipped,
            Duplicates = progress.Duplicates,
            Groups = progress.Groups,
            RowsWritten = progress.RowsWritten,
            RowsWaiting = progress.RowsPending,
            DeadLetters = count,
            DeadLetterPlace = letters.Place,
            LastDeadLetters = last,
            Source = new SourceStatus(source.IsUp, source.Message, source.Since),
            Sink = new SinkStatus(sink.IsUp, sink.Message, sink.Since),
        };
    }
}
