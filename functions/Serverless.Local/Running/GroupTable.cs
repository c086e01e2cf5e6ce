using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The groups of one job: those in use in memory, all of them in its <see cref="JobState"/>.</summary>
/// <param name="compiled">The job.</param>
/// <param name="state">Where they are stored.</param>
/// <param name="mostInMemory">Beyond, those in memory are let go of after they are stored.</param>
/// <param name="clock">The clock.</param>
internal sealed class GroupTable(CompiledJob compiled, JobState state, int mostInMemory, TimeProvider clock)
{
    private static readonly TimeSpan Sweep = TimeSpan.FromHours(1);

    private readonly RowBuilder _rows = new(compiled);
    private readonly Dictionary<string, Group> _groups = [];
    private readonly HashSet<Group> _changed = [];
    private bool _mayBeStored = state.Groups > 0;
    private long? _swept;

    /// <summary>The groups there are.</summary>
    public long Count { get; private set; } = state.Groups;

    /// <summary>Applies a batch.</summary>
    /// <returns>The events that had been applied before.</returns>
    /// <exception cref="CommandException">A stored group cannot be read.</exception>
    public async ValueTask<long> ApplyAsync(IngestedBatch batch, Output output, FailedRows failed, CancellationToken cancellationToken)
    {
        await LoadAsync(batch, cancellationToken);
        var (duplicates, now) = (0L, clock.GetUtcNow());
        foreach (var (key, _, slices) in batch.Groups)
        {
            if (!_groups.TryGetValue(key, out var group))
            {
                _groups[key] = group = new Group(compiled, key);
                Count++;
            }
            var answer = group.Apply(slices.Span, _rows, now);
            output.Add(answer);
            failed.Mend(answer);
            duplicates += answer.Duplicates;
            _changed.Add(group);
        }
        return duplicates;
    }

    /// <summary>Stores the groups that have changed, and the rows that cannot be made.</summary>
    public async Task SaveAsync(FailedRows failed, CancellationToken cancellationToken)
    {
        var failures = failed.Changes();
        if (_changed.Count > 0 || failures is not null)
            await state.SaveAsync(_changed, failures, clock.GetUtcNow(), cancellationToken);
        failed.Stored(failures);
        _changed.Clear();
        if (_groups.Count > mostInMemory)
        {
            _groups.Clear();
            _mayBeStored = true;
        }
        await SweepAsync(cancellationToken);
    }

    // A group that has outlived its time starts from nothing when it comes again; if it never does, it is deleted here.
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (compiled.Job.Settings.StateTtl is not { } ttl || (_swept is { } at && clock.GetElapsedTime(at) < Sweep))
            return;
        _swept = clock.GetTimestamp();
        var now = clock.GetUtcNow();
        foreach (var key in _groups.Values.Where(g => g.IsExpired(now)).Select(g => g.Key).ToList())
            _groups.Remove(key);
        Count -= await state.DeleteAsync(now - ttl, cancellationToken);
    }

    private async ValueTask LoadAsync(IngestedBatch batch, CancellationToken cancellationToken)
    {
        if (!_mayBeStored)
            return;
        var missing = batch.Groups.Select(g => g.Key).Where(k => !_groups.ContainsKey(k)).ToList();
        if (missing.Count == 0)
            return;
        foreach (var (key, bytes) in await state.LoadAsync(missing, cancellationToken))
        {
            try
            {
                _groups[key] = Group.Read(compiled, key, bytes);
            }
            catch (InvalidDataException e)
            {
                throw new CommandException($"job '{compiled.Job.Name}': {e.Message}; start anew in another folder with --state", ExitCode.Failed);
            }
        }
    }
}
