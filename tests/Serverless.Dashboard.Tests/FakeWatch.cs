namespace Serverless.Dashboard.Tests;

/// <summary>Jobs that are as a test says.</summary>
internal sealed class FakeWatch : IJobWatch
{
    public volatile IReadOnlyList<JobStatus> Jobs = [];

    public void Wrote(params (string Job, long Rows)[] jobs) =>
        Jobs = [.. jobs.Select(j => new JobStatus { Job = j.Job, RowsWritten = j.Rows, Sink = new SinkStatus(true) })];

    public ValueTask<IReadOnlyList<JobStatus>> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Jobs);
}
