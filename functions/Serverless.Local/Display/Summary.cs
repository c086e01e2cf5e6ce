using System.Globalization;
using Serverless.Local.Running;

namespace Serverless.Local.Display;

/// <summary>What is said of each job at the end.</summary>
internal static class Summary
{
    /// <summary>Prints a line per job.</summary>
    public static async Task PrintAsync(Terminal terminal, Session session, StateFolder folder, CancellationToken cancellationToken)
    {
        var all = 0L;
        foreach (var job in session.Progress)
        {
            var letters = await session.DeadLettersAsync(job.Job, cancellationToken);
            all += letters;
            terminal.Say($"{job.Job}: {string.Join(", ", Parts(job, letters))}");
        }
        if (all > 0)
            terminal.Say($"Dead letters are in {folder.ResultsFile}, table dead_letters");
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
