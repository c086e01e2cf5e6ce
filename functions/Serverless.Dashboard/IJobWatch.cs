namespace Serverless.Dashboard;

/// <summary>A host's answer to how its jobs are.</summary>
public interface IJobWatch
{
    /// <summary>How they are now, in the order of the jobs. Cheap enough to be asked four times a second.</summary>
    ValueTask<IReadOnlyList<JobStatus>> GetAsync(CancellationToken cancellationToken);
}
