using Serverless.App.Jobs;

namespace Serverless.App.Http;

/// <summary>A job as it runs. Its plan shows options as the script writes them, so no secret.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Script">Its script.</param>
/// <param name="Sources">What it reads.</param>
/// <param name="Generation">Its state's generation.</param>
/// <param name="Born">When that began.</param>
/// <param name="Plan">What it does: what <c>serverless-sql explain</c> prints.</param>
internal sealed record JobReport(string Name, string Script, IReadOnlyList<SourceReport> Sources, string Generation, DateTimeOffset Born, IReadOnlyList<PlanLine> Plan)
{
    /// <summary>Of a job.</summary>
    public static JobReport Of(AppJob job) => new(
        job.Name, job.Job.Job.Script.Name, [.. job.Sources.Select(s => new SourceReport(s.Trigger.Topic, s.Function, s.ConsumerGroup))], job.Job.Generation.Id, job.Job.Generation.Born,
        [.. Engine.Plan.Of(job.Job.Job).Select(line => new PlanLine(line.Label.Trim(), line.Text))]);
}

/// <summary>A source as it is read.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Function">The function that reads it.</param>
/// <param name="ConsumerGroup">The consumer group that keeps the offsets.</param>
internal sealed record SourceReport(string Topic, string Function, string ConsumerGroup);

/// <summary>A line of a plan.</summary>
internal sealed record PlanLine(string Label, string Text);
