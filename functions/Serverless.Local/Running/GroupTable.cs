using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The groups of one job, and the shards of split ones: those in use in memory, all of them in its <see cref="JobState"/>.</summary>
/// <param name="compiled">The job.</param>
/// <param name="state">Where they are stored.</param>
/// <param name="mostBytes">The most bytes in memory: beyond, those that were not used lately are let go of after they are stored.</param>
internal sealed class GroupTable(CompiledJob compiled, JobState state, long mostBytes)
{
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(1);

    private readonly RowBuilder _rows = new(compiled);
    private readonly StateCache _inMemory = new(mostBytes);
    private readonly HashSet<IKeyedState> _changed = [];
    private bool _mayBeStored = state.Groups > 0;
    private DateTimeOffset _swept;

    /// <summary>The groups there are.</summary>
    public long Count { get; private set; } = state.Groups;

    /// <summary>Whether so much must be stored that reading should wait.</summary>
    public bool IsFull => _inMemory.IsFull(_changed.Count);

    /// <summary>Applies a batch.</summary>
    /// <returns>The events that had been applied before.</returns>
    /// <exception cref="CommandException">A stored group cannot be read.</exception>
    public async ValueTask<long> ApplyAsync(IngestedBatch batch, Output output, FailedRows failed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await LoadAsync(batch, cancellationToken);
        var duplicates = 0L;
        foreach (var (key, number, slices) in batch.Groups)
        {
            var group = Get(key, () => new Group(compiled, key));
            if (number < 0)
            {
                var answer = group.Apply(slices.Span, _rows, now);
                Add(answer);
                duplicates += answer.Duplicates;
                continue;
            }
            var shard = Get(Shard.KeyOf(key, number), () => new Shard(compiled, key, number));
            shard.Follow(group, now);
            if (shard.Apply(slices.Span, now, out var known) is { } summary)
            {
                group.Merge(summary, now);
                Add(group.Answer(_rows, now));
            }
            duplicates += known;
        }
        return duplicates;

        void Add(in GroupAnswer answer)
        {
            output.Add(answer);
            failed.Mend(answer);
        }
    }

    /// <summary>Stores what has changed, including the rows that cannot be made, and deletes groups whose time to live is over.</summary>
    public async Task SaveAsync(FailedRows failed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var failures = failed.Changes();
        if (_changed.Count > 0 || failures is not null)
            await state.SaveAsync(_changed, _inMemory.Put, failures, now, cancellationToken);
        failed.Stored(failures);
        _changed.Clear();
        if (compiled.Job.Settings.StateTtl is { } ttl && now - _swept >= Sweep)
        {
            _swept = now;
            _inMemory.Forget(now);
            Count = await state.ForgetAsync(now - ttl, cancellationToken);
        }
        _mayBeStored |= _inMemory.Trim();
        Memory.Require(compiled.Job.Name, () => _inMemory.Largest);
    }

    private T Get<T>(string key, Func<T> make) where T : IKeyedState
    {
        if (!_inMemory.TryGet(key, out var known))
        {
            known = make();
            _inMemory.Put(known, 0);
            if (known is Group)
                Count++;
        }
        _changed.Add(known);
        return (T)known;
    }

    private async ValueTask LoadAsync(IngestedBatch batch, CancellationToken cancellationToken)
    {
        if (!_mayBeStored)
            return;
        var missing = new Dictionary<string, (string Group, int Shard)>();
        foreach (var (key, number, _) in batch.Groups)
        {
            missing[key] = (key, -1);
            if (number >= 0)
                missing[Shard.KeyOf(key, number)] = (key, number);
        }
        foreach (var key in missing.Keys.Where(k => _inMemory.TryGet(k, out _)).ToList())
            missing.Remove(key);
        if (missing.Count == 0)
            return;
        foreach (var (key, bytes) in await state.LoadAsync(missing.Keys, cancellationToken))
        {
            var (group, number) = missing[key];
            try
            {
                _inMemory.Put(number < 0 ? Group.Read(compiled, group, bytes) : Shard.Read(compiled, group, number, bytes), bytes.Length);
            }
            catch (InvalidDataException e)
            {
                throw new CommandException($"job '{compiled.Job.Name}': {e.Message}; start anew in another folder with --state", ExitCode.Failed);
            }
        }
    }
}
