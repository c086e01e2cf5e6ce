using Serverless.App.Jobs;

namespace Serverless.App.Http;

/// <summary>A job as it runs. Its plan shows options as the script writes them, so no secret.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Script">Its script.</param>
/// <param name="Function">Its function.</param>
/// <param name="ConsumerGroup">The consumer group that keeps its offsets.</param>
/// <param name="Generation">Its state's generation.</param>
/// <param name="Born">When that began.</param>
/// <param name="Plan">What it does: what <c>serverless-sql explain</c> prints.</param>
internal sealed record JobReport(string Name, string Script, string Function, string ConsumerGroup, string Generation, DateTimeOffset Born, IReadOnlyList<PlanLine> Plan)
{
    /// <summary>Of a job.</summary>
    public static JobReport Of(AppJob job) => new(
        job.Name, job.Job.Job.Script.Name, job.Function, job.ConsumerGroup, job.Job.Generation.Id, job.Job.Generation.Born,
        [.. Engine.Plan.Of(job.Job.Job).Select(line => new PlanLine(line.Label.Trim(), line.Text))]);
}

/// <summary>A line of a plan.</summary>
internal sealed record PlanLine(string Label, string Text);
