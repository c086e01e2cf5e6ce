using System.Globalization;
using Serverless.Connectors;
using Serverless.Local.Display.Events;
using Serverless.Local.Running;

namespace Serverless.Local.Display;

/// <summary>What is said of each job at the end.</summary>
internal static class Summary
{
    private const int MostLetters = 3;

    /// <summary>Prints a line per job, the last of its dead letters, and where they are.</summary>
    public static async Task PrintAsync(Terminal terminal, Session session, CancellationToken cancellationToken)
    {
        var jobs = await session.DeadLettersAsync(MostLetters, cancellationToken);
        foreach (var (job, letters, place, last) in jobs)
        {
            if (terminal.IsQuiet)
                Warn(terminal, job, place);
            else if (terminal.IsJson)
                terminal.Emit(EventOf(job, letters, place, last));
            else
                Print(terminal, job, letters, last);
        }
        foreach (var place in jobs.Where(j => j.Letters > 0).Select(j => j.Place).Distinct())
            terminal.Tell($"Dead letters are in {place}");
    }

    private static void Print(Terminal terminal, JobProgress job, long letters, IReadOnlyList<DeadLetterLine> last)
    {
        terminal.Say($"{job.Job}: {string.Join(", ", Parts(job, letters).Select(p => p.In(terminal.Language)))}");
        foreach (var letter in last)
            terminal.Say($"  {LetterPlace.Of(letter.Topic, letter.Partition, letter.Offset, letter.Row)}: {letter.Reason}".ReplaceLineEndings(" "));
    }

    // Where nothing else is said, what went wrong in this run still is.
    private static void Warn(Terminal terminal, JobProgress job, string place)
    {
        if (job.DeadLetters > 0)
            terminal.Warn(string.Create(CultureInfo.InvariantCulture, $"{job.Job}: {job.DeadLetters:N0} dead letter{Plural(job.DeadLetters)} in {place}"));
        if (job.RowsPending > 0)
            terminal.Warn(string.Create(CultureInfo.InvariantCulture, $"{job.Job}: {job.RowsPending:N0} row{Plural(job.RowsPending)} not written"));
    }

    private static SummaryEvent EventOf(JobProgress job, long letters, string place, IReadOnlyList<DeadLetterLine> last) =>
        new(job.Job, job.Records, job.Skipped, job.Duplicates, job.Groups, job.RowsWritten, job.RowsPending, job.FailedVersions, letters, place, last);

    private static IEnumerable<Message> Parts(JobProgress job, long letters)
    {
        yield return $"{job.Records:N0} record{Plural(job.Records)}";
        if (job.Skipped > 0)
            yield return $"{job.Skipped:N0} record{Plural(job.Skipped)} skipped";
        if (job.Duplicates > 0)
            yield return $"{job.Duplicates:N0} event{Plural(job.Duplicates)} known already";
        yield return $"{job.Groups:N0} group{Plural(job.Groups)}";
        yield return $"{job.RowsWritten:N0} row{Plural(job.RowsWritten)} written";
        if (job.RowsPending > 0)
            yield return $"{job.RowsPending:N0} row{Plural(job.RowsPending)} not written";
        if (job.FailedVersions > 0)
            yield return $"{job.FailedVersions:N0} failed row version{Plural(job.FailedVersions)}";
        yield return $"{letters:N0} dead letter{Plural(letters)}";
    }

    private static string Plural(long number) => number == 1 ? "" : "s";
}
