using System.Globalization;
using Serverless.Local.Running;

namespace Serverless.Local.Display;

/// <summary>What is said of each job at the end.</summary>
internal static class Summary
{
    /// <summary>Prints a line per job, and where its dead letters are.</summary>
    public static async Task PrintAsync(Terminal terminal, Session session, CancellationToken cancellationToken)
    {
        var jobs = await session.DeadLettersAsync(cancellationToken);
        foreach (var (job, letters, _) in jobs)
            terminal.Say($"{job.Job}: {string.Join(", ", Parts(job, letters))}");
        foreach (var place in jobs.Where(j => j.Letters > 0).Select(j => j.Place).Distinct())
            terminal.Say($"Dead letters are in {place}");
    }

    private static IEnumerable<string> Parts(JobProgress job, long letters)
    {
        yield return Count(job.Records, "record");
        if (job.Skipped > 0)
            yield return $"{Count(job.Skipped, "record")} skipped";
        if (job.Duplicates > 0)
            yield return $"{Count(job.Duplicates, "event")} known already";
        yield return Count(job.Groups, "group");
        yield return $"{Count(job.RowsWritten, "row")} written";
        if (job.RowsPending > 0)
            yield return $"{Count(job.RowsPending, "row")} not written";
        if (job.FailedVersions > 0)
            yield return $"{Count(job.FailedVersions, "failed row version")}";
        yield return Count(letters, "dead letter");
    }

    private static string Count(long number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");
}
