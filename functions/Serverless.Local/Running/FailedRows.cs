using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>
/// The rows that cannot be made as things stand: a later event usually mends them; those that stay so become dead letters. They are stored with
/// the groups, so that one is told even where the process dies before its time has come.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="output">Knows those of this process.</param>
/// <param name="former">Those that the process before left.</param>
/// <param name="clock">Measures how long they stand.</param>
internal sealed class FailedRows(Job job, Output output, IEnumerable<StandingFailure> former, TimeProvider clock)
{
    private readonly Dictionary<string, StandingFailure> _former = former.ToDictionary(f => f.Key);
    private readonly FailureClock _failing = new();
    private readonly long _began = clock.GetTimestamp();
    private HashSet<(string, RowVersion)> _stored = [.. former.Select(f => (f.Key, f.Version))];

    /// <summary>Forgets the failed rows of the previous process whose groups have made rows since.</summary>
    public void Mend(in GroupAnswer answer)
    {
        if (_former.Count == 0)
            return;
        foreach (var key in answer.Rows.Select(r => r.Key).Concat(answer.Failures.Select(f => f.Key)))
            _former.Remove(key);
    }

    /// <summary>All failed rows, to be stored; null if the stored ones are current.</summary>
    public IReadOnlyList<StandingFailure>? Changes()
    {
        var isSame = _stored.Count == _former.Count + output.Failures.Count
            && output.Failures.All(f => _stored.Contains((f.Key, f.Version))) && _former.Values.All(f => _stored.Contains((f.Key, f.Version)));
        return isSame ? null : [.. _former.Values, .. output.Failures.Select(f => new StandingFailure(f.Key, f.Version, f.Reason, DeadLetterFactory.Of(job, f).Value))];
    }

    /// <summary>Says that what <see cref="Changes"/> gave is stored.</summary>
    public void Stored(IReadOnlyList<StandingFailure>? changes)
    {
        if (changes is not null)
            _stored = [.. changes.Select(f => (f.Key, f.Version))];
    }

    /// <summary>The letters of those that have stood for a minute, each version told once.</summary>
    public IReadOnlyList<DeadLetter> TakeOld()
    {
        var letters = clock.GetElapsedTime(_began) < FailureClock.Patience ? [] : TakeFormer();
        var lasting = _failing.TakeLasting(output.Failures.ToDictionary(f => f.Key, f => f.Version), clock.GetElapsedTime(0)).ToHashSet();
        letters.AddRange(output.Failures.Where(f => lasting.Contains(f.Key)).Select(f => DeadLetterFactory.Of(job, f)));
        return letters;
    }

    /// <summary>The letters of all of them: there is nothing more to come.</summary>
    public IReadOnlyList<DeadLetter> TakeAll() => [.. TakeFormer(), .. output.TakeFailures().Select(f => DeadLetterFactory.Of(job, f))];

    private List<DeadLetter> TakeFormer()
    {
        var letters = _former.Values.Select(f => new DeadLetter(job.Name, null, null, null, DeadLetterKind.Row, f.Reason, f.Row, f.Key)).ToList();
        _former.Clear();
        return letters;
    }
}
