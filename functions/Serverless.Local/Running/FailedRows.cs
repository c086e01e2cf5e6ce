using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The rows that cannot be made as things stand: a later event usually mends them; those that stay so become dead letters.</summary>
/// <param name="job">The job.</param>
/// <param name="output">Knows them.</param>
/// <param name="clock">Measures how long they stand.</param>
internal sealed class FailedRows(Job job, Output output, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, (long Since, long Told)> _known = [];

    /// <summary>The letters of those that have stood for a minute, each version told once.</summary>
    public IReadOnlyList<DeadLetter> TakeOld()
    {
        var letters = new List<DeadLetter>();
        foreach (var mended in _known.Keys.Except(output.Failures.Select(f => f.Key)).ToList())
            _known.Remove(mended);
        foreach (var failure in output.Failures)
        {
            if (!_known.TryGetValue(failure.Key, out var known))
                _known[failure.Key] = known = (clock.GetTimestamp(), -1);
            if (known.Told == failure.Version || clock.GetElapsedTime(known.Since) < Patience)
                continue;
            _known[failure.Key] = (clock.GetTimestamp(), failure.Version);
            letters.Add(LetterOf(failure));
        }
        return letters;
    }

    /// <summary>The letters of all of them: there is nothing more to come.</summary>
    public IReadOnlyList<DeadLetter> TakeAll() => [.. output.TakeFailures().Select(LetterOf)];

    private DeadLetter LetterOf(FailedRow row) => RowLetter.Of(job, new RowChange(row.Key, row.Version, true, row.Values), row.Reason);
}
