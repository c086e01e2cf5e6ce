using Serverless.Dashboard;
using Serverless.Local.Running;

namespace Serverless.Local.Web;

/// <summary>How the jobs of a session are.</summary>
/// <param name="session">The session.</param>
/// <param name="clock">The clock.</param>
internal sealed class SessionWatch(Session session, TimeProvider clock) : IJobWatch
{
    private readonly RecordRate[] _rates = [.. session.Progress.Select(_ => new RecordRate(clock))];

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<JobStatus>> LookAsync(CancellationToken cancellationToken)
    {
        lock (_rates)
            return ValueTask.FromResult<IReadOnlyList<JobStatus>>([.. session.Progress.Select((p, i) => StatusOf(p, _rates[i]))]);
    }

    private static JobStatus StatusOf(JobProgress progress, RecordRate rate)
    {
        var records = progress.Records;
        return new JobStatus
        {
            Job = progress.Job,
            Records = records,
            RecordsPerSecond = rate.Measure(records),
            Lag = progress.Lag,
            Skipped = progress.Skipped,
            Duplicates = progress.Duplicates,
            Groups = progress.Groups,
            RowsWritten = progress.RowsWritten,
            RowsWaiting = progress.RowsPending,
            DeadLetters = progress.DeadLetters,
            Sink = new SinkStatus(null),
        };
    }
}
