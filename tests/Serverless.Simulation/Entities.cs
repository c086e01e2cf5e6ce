using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serverless.Connectors;
using Serverless.Durable;
using Serverless.Durable.Tests;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Simulation.Stages;

namespace Serverless.Simulation;

/// <summary>
/// A durable host with the entities of one job: their states, and the messages on their way. Messages are repeated and overtake each other; an entity dies between sending and
/// storing, and does its work again in another order and in other batches; or what it had in hand counts as done.
/// </summary>
internal sealed class Entities : IEntityClient
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int LongestZombie = 300_000; // milliseconds

    private readonly Letters _letters;
    private readonly Random _random;
    private readonly Faults _faults;
    private readonly SimulatedClock _clock;
    private readonly Table _table;
    private readonly Mistakes _mistakes;
    private readonly bool _isSerialized;
    private readonly Action<string>? _trace;
    private readonly Dictionary<(EntityKind Kind, string Key), object> _states = [];
    private readonly Dictionary<(EntityKind Kind, string Key), List<Mail>> _ready = [];
    private readonly List<(EntityKind Kind, string Key)> _busy = [];
    private readonly PriorityQueue<Mail, (DateTimeOffset At, int Number)> _later = new();
    private DurableJob _job;
    private OutboxFlush _writer;
    private CellRunner _cells;
    private OutboxKeys _outboxKeys;
    private readonly MemoryKeyStore _memory;
    private readonly Dictionary<(EntityKind Kind, string Key), Dictionary<string, long>> _left = []; // under which version a key has left its state
    private readonly List<Execution> _zombies = [];
    private readonly Dictionary<(EntityKind Kind, string Key, long Version), Dictionary<string, byte[]>> _aged = []; // as it was stored
    private bool _isLate;
    private int _number;

    public Entities(DurableJob job, Random random, Faults faults, SimulatedClock clock, Table table, Letters letters, Mistakes mistakes, Action<string>? trace)
    {
        (_random, _faults, _clock, _table, _letters, _mistakes, _trace) = (random, faults, clock, table, letters, mistakes, trace);
        _isSerialized = random.Next(10) == 0;
        _memory = new MemoryKeyStore
        {
            Reading = () => ThrowIf(_faults.Strikes(2)),
            Writing = () => ThrowIf(_faults.Strikes(10)),
            Check = CheckStored,
            IsNewer = mistakes.IsNewer,
        };
        Keys = mistakes.Broken(_memory);
        Start(job);
    }

    /// <summary>Runs a job, over the states that there are.</summary>
    [MemberNotNull(nameof(_job), nameof(_writer), nameof(_cells), nameof(_outboxKeys))]
    public void Start(DurableJob job) => (_job, _writer, _cells, _outboxKeys) = (job, new OutboxFlush(job, _letters, _clock), new CellRunner(job, Keys), new OutboxKeys(Keys));

    /// <summary>Where cold keys lie.</summary>
    public IKeyStore Keys { get; }

    /// <summary>How the key store is not what the stored states say: it holds what none held, or lacks what has left one. Null if it never was so.</summary>
    public string? Mismatch { get; private set; }

    /// <summary>What goes wrong in the stages of a job that has several; null otherwise.</summary>
    public StageMistakes? Stages { get; init; }

    /// <summary>Whether a message fails to be stored.</summary>
    public bool IsAway { get; set; }

    public bool IsBusy => _busy.Count > 0;

    /// <summary>When the next message comes that is still on its way.</summary>
    public DateTimeOffset? NextAt => _later.TryPeek(out var mail, out _) ? mail.At : null;

    /// <summary>Whether no message is on its way but those of hours.</summary>
    private bool IsQuiet => _busy.Count == 0 && !(NextAt < _clock.Now + TimeSpan.FromMinutes(5));

    /// <summary>Whether nothing is left to do: no message is on its way, and no state waits for one.</summary>
    public bool IsAtRest => IsQuiet && !AtWork.Any();

    /// <summary>The entities whose states wait for something.</summary>
    public IEnumerable<string> AtWork => _states.Where(s => s.Value switch
    {
        CellState cell => cell is not { Sent: null, Owed: null, Emit: null, Gaps: null, Touched.Count: 0, Rewriting: null },
        StageCellState cell => !cell.IsAtRest,
        OutboxState output => output is not { Owed: null, Waiting: 0, Timer: null, Missing: null },
        JobState state => state.OpenGaps(_job.Times, _clock.Now).Any() || state.ToVisit(_job.Times, _clock.Now).Any(),
        _ => false,
    }).Select(s => $"{s.Key.Kind} {s.Key.Key}");

    /// <summary>Which offsets each group or shard has seen, and what it is known to lack.</summary>
    public IEnumerable<string> Seen()
    {
        foreach (var ((kind, key), state) in _states)
            foreach (var (entry, bytes) in (state as CellState)?.Entries ?? [])
            {
                var applied = kind == EntityKind.Group ? Group.Read(_job.Compiled, entry, bytes).Applied
                    : Shard.Parse(entry) is var (group, number) ? Shard.Read(_job.Compiled, group, number, bytes).Applied : null;
                foreach (var (partition, ranges) in applied?.Partitions ?? [])
                    yield return $"{kind} {key} {entry}: {partition}@{string.Join(", ", ranges.Select(r => $"{r.First}-{r.Last}{(r.IsProof ? $" of {r.Began}" : "")}"))}";
            }
    }

    public Task SendAsync(Signal signal, CancellationToken cancellationToken)
    {
        if (IsAway && _random.Next(4) == 0)
            throw new IOException("the storage is away");
        Post(signal);
        return Task.CompletedTask;
    }

    public Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult((JobState?)_states.GetValueOrDefault((EntityKind.Job, key)));

    public Task<OutboxState?> GetOutputAsync(string key, CancellationToken cancellationToken) => Task.FromResult((OutboxState?)_states.GetValueOrDefault((EntityKind.Output, key)));

    public Task<StageCellState?> GetStageAsync(string key, CancellationToken cancellationToken) => Task.FromResult((StageCellState?)_states.GetValueOrDefault((EntityKind.Stage, key)));

    public async IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var ((of, key), state) in _states.Where(s => s.Key.Kind == kind && s.Key.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList())
            yield return (key, (CellState)state);
    }

    /// <summary>Hands out what is due by now.</summary>
    public void Deliver()
    {
        while (_later.TryPeek(out var mail, out var when) && when.At <= _clock.Now)
        {
            _later.Dequeue();
            var entity = (mail.Signal.To, mail.Signal.Key);
            if (!_ready.TryGetValue(entity, out var box))
                _ready.Add(entity, box = []);
            if (box.Count == 0)
                _busy.Add(entity);
            box.Add(mail);
        }
    }

    /// <summary>Lets an entity work.</summary>
    public void Work()
    {
        // Late: in the meantime others have done its work, and more.
        if (_faults.IsActive && _zombies.FirstOrDefault(z => z.Until <= _clock.Now) is { } zombie)
        {
            Finish(zombie);
            return;
        }
        var index = _random.Next(_busy.Count);
        var entity = _busy[index];
        var box = _ready[entity];
        var count = box.Count;
        for (var i = 0; i < count - 1 && _faults.IsActive; i++)
        {
            var other = _random.Next(i, count);
            (box[i], box[other]) = (box[other], box[i]);
        }
        var batch = box.GetRange(0, _faults.IsActive ? _random.Next(1, count + 1) : count);
        var isLost = _faults.IsDying();
        var isCrash = isLost || _faults.Strikes(15);
        _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} {entity.Kind} {entity.Key} does {string.Join(", ", batch.Select(m => Shown(m.Signal)))}{(isLost ? " and dies" : isCrash ? " and crashes" : "")}");

        var state = _states.GetValueOrDefault(entity);
        if (state is not null && _isSerialized)
            state = Copied(state);
        else if (isCrash)
            state = Cloned(state);
        if (isCrash && _job.HotBytes is not null && (_random.Next(3) == 0 || (state is KeyedCellState { Evict.Id: var id } && batch.Exists(m => m.Signal.Input is TickMessage tick && tick.Id == id))))
            _zombies.Add(new Execution(entity, Cloned(state), batch, _clock.Now + TimeSpan.FromMilliseconds(_random.Next(LongestZombie))));
        var evict = state is KeyedCellState { Evict: { } due, Evictions: var version } ? (due.Id, version) : default;
        var signals = new List<Signal>();
        foreach (var mail in batch)
            state = Operate(entity.Kind, entity.Key, Arrived(mail.Signal, state), state, signals);
        if (isCrash)
            // Some messages may be out, and the state is not stored: the work is still to do, or counts as done.
            signals.RemoveRange(0, _random.Next(isLost ? 3 : 1) switch { 1 => 0, 2 => signals.Count, _ => _random.Next(signals.Count + 1) });
        foreach (var signal in signals)
            Post(signal);
        if (isCrash && !isLost)
            return;
        if (!isCrash && state is null)
            _states.Remove(entity);
        else if (!isCrash)
            Store(entity, state!, evict);
        box.RemoveAll(m => batch.Contains(m) && (isLost || !_faults.Strikes(4)));
        if (box.Count > 0)
            return;
        _busy[index] = _busy[^1];
        _busy.RemoveAt(_busy.Count - 1);
    }

    // An execution that everybody took for dead: its messages go out, what it puts into the key store is there, its state is not stored. The sink is closed to it.
    private void Finish(Execution zombie)
    {
        _zombies.Remove(zombie);
        var (entity, state, batch, _) = zombie;
        _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} {entity.Kind} {entity.Key} does late {string.Join(", ", batch.Select(m => Shown(m.Signal)))}");
        var signals = new List<Signal>();
        _isLate = true;
        foreach (var mail in batch)
            state = Operate(entity.Kind, entity.Key, Arrived(mail.Signal, state), state, signals);
        _isLate = false;
        foreach (var signal in signals.Take(_random.Next(signals.Count + 1)))
            Post(signal);
    }

    private void Store((EntityKind Kind, string Key) entity, object state, (string? Id, long Version) evict)
    {
        _states[entity] = state;
        if (state is not KeyedCellState { Evictions: > 0 } cell)
            return;
        if (cell.Aging is { } aging)
            _aged.TryAdd((entity.Kind, entity.Key, cell.Evictions), new(aging));
        if (!_left.TryGetValue(entity, out var left))
            _left.Add(entity, left = []);
        // What came back in between is held, or has left again.
        if (evict.Id is not null && cell.Evict?.Id != evict.Id && _aged.TryGetValue((entity.Kind, entity.Key, evict.Version), out var aged))
            foreach (var key in aged.Keys)
                if (cell.Find(key) is null)
                    left[key] = evict.Version;
        foreach (var (key, version) in left)
            if (cell.Find(key) is null && !(_memory.VersionOf(entity.Kind, entity.Key, key) >= version))
                Mismatch ??= $"{entity.Kind} {entity.Key} let go of {key} in version {version}, and the key store has {_memory.VersionOf(entity.Kind, entity.Key, key)?.ToString(CultureInfo.InvariantCulture) ?? "none"}";
    }

    private void CheckStored(EntityKind kind, string cell, long version, string key, byte[] value)
    {
        if (!(_aged.TryGetValue((kind, cell, version), out var aged) && aged.TryGetValue(key, out var stored) && stored.AsSpan().SequenceEqual(value)))
            Mismatch ??= $"{kind} {cell} wrote {key} in version {version}, which no stored state holds so";
    }

    private static void ThrowIf(bool isSo)
    {
        if (isSo)
            throw new IOException("the key store is away");
    }

    private string Shown(Signal signal) => signal.Operation + signal.Input switch
    {
        RowsMessage rows => $" ({string.Join(", ", GroupAnswer.Read(rows.Rows).Rows.Select(r => $"{(r.IsDelete ? "-" : "")}{r.Key} of {r.Version.Events} in life {r.Version.Life % 100_000_000}"))})",
        SlicesMessage slices => $" ({string.Join(", ", slices.Parts.SelectMany(p => GroupSlices.Read(_job.Compiled, p.Group, p.Shard, p.Slices).Slices.ToArray()
            .Select(s => $"{p.Group}#{p.Shard}: {s.Partition}@{s.First}-{s.Last}{(s.Began < s.First ? $" of {s.Began}" : "")} with {s.Rows.Length}")))})",
        _ => "",
    };

    private object? Operate(EntityKind kind, string key, Signal signal, object? state, List<Signal> signals)
    {
        var sends = new List<Signal>();
        try
        {
            var after = Do(kind, key, signal, state, sends);
            signals.AddRange(sends);
            return after;
        }
        catch (IOException)
        {
            // Put off as it came, as the app does it; a worker goes on with the object that the operation was given.
            signals.Add(signal with { To = kind, Key = key, At = _clock.Now + _job.Times.DeferredFor });
            return state;
        }
    }

    private object? Do(EntityKind kind, string key, Signal signal, object? state, List<Signal> signals)
    {
        var now = _clock.Now;
        var operation = new Operation(signal.Operation, signal.Input);
        switch (kind)
        {
            case EntityKind.Group or EntityKind.Shard:
                var cell = (CellState?)state ?? new CellState();
                if (!_cells.RunAsync(kind, key, _mistakes.Timed(operation, cell), cell, now, Id(), signals, CancellationToken.None).GetAwaiter().GetResult().IsKnown)
                    throw new InvalidOperationException($"{kind} cannot {signal.Operation}");
                _mistakes.Evicts(Keys, kind, key, cell);
                _mistakes.Worked(signal, signals);
                return cell.IsEmpty ? null : cell;
            case EntityKind.Output:
                var output = (OutboxState?)state ?? new OutboxState();
                _outboxKeys.PrepareAsync(key, output, _mistakes.Timed(operation, output), CancellationToken.None).GetAwaiter().GetResult();
                var box = new Outbox(_job, int.Parse(key.AsSpan(key.LastIndexOf(':') + 1), CultureInfo.InvariantCulture), Interval, output, signals);
                if (signal.Input is DeltasMessage deltas)
                {
                    Keys.FetchAsync(kind, key, output, () => box.KeysOf(deltas), CancellationToken.None).GetAwaiter().GetResult();
                    box.Add(deltas, now, Id());
                }
                else if (signal.Input is RowsMessage rows)
                {
                    if (_job.Stages is not null)
                        Keys.FetchAsync(kind, key, output, () => Outbox.KeysOf(rows), CancellationToken.None).GetAwaiter().GetResult();
                    box.Add(rows, now, Id());
                }
                else if (signal.Input is RewriteMessage rewrite)
                    box.Rewrite(rewrite, now);
                else if (signal.Input is PulseMessage pulse)
                    box.FindMissing(pulse, now);
                else if (signal.Operation == Operations.Tick && box.IsDue(_mistakes.Timed(operation, output).Input<TickMessage>()!) && !_isLate)
                {
                    Keys.RewriteAsync(key, box, now, CancellationToken.None).GetAwaiter().GetResult();
                    _writer.WriteAsync(box, _ => Task.FromResult<ISink>(_table), CancellationToken.None).GetAwaiter().GetResult();
                }
                box.SetTimers(now, Id());
                box.SignalPressure(now);
                var isKept = box.Close();
                _mistakes.Evicts(Keys, kind, key, output);
                _mistakes.Worked(signal, signals);
                _mistakes.Stored(output);
                Stages?.Worked(signal, output, _ => { }, _job, signals);
                return isKept ? output : null;
            case EntityKind.Stage:
                var stage = (StageCellState?)state ?? new StageCellState();
                var dispatcher = new StageDispatcher(_job, Keys);
                bool Run(IOperation what) => dispatcher.RunAsync(key, what, stage, now, Id(), signals, CancellationToken.None).GetAwaiter().GetResult().IsKnown;
                if (!Run(_mistakes.Timed(operation, stage)))
                    throw new InvalidOperationException($"{kind} cannot {signal.Operation}");
                _mistakes.Evicts(Keys, kind, key, stage);
                Stages?.Worked(signal, stage, due => Run(new Operation(Operations.Tick, new TickMessage(due))), _job, signals);
                return stage;
            default:
                var job = (JobState?)state ?? new JobState();
                if (!job.TryRun(operation, _job.Times, now))
                    throw new InvalidOperationException($"a job cannot {signal.Operation}");
                return job;
        }
    }

    private Signal Arrived(Signal signal, object? state)
    {
        var arrived = _mistakes.Arrived(signal);
        return Stages?.Arrived(arrived, state, _job.Stages!) ?? arrived;
    }

    private string Id() => string.Create(CultureInfo.InvariantCulture, $"i{_number++}");

    private void Post(Signal signal)
    {
        if (_mistakes.Posted(signal) is not { } posted)
            return;
        posted = Stages?.Posted(posted) ?? posted;
        if (_isSerialized)
            posted = posted with { Input = Copied(posted.Input) };
        do
        {
            var at = (posted.At > _clock.Now ? posted.At.Value : _clock.Now) + TimeSpan.FromMilliseconds(_faults.Delay());
            _later.Enqueue(new Mail(posted, at), (at, _number++));
        }
        while (_faults.Strikes(10));
    }

    private static object? Cloned(object? state) => state switch
    {
        CellState cell => cell with
        {
            Entries = new(cell.Entries),
            Aging = cell.Aging is null ? null : new(cell.Aging),
            Touched = [.. cell.Touched],
            Sent = cell.Sent?.ConvertAll(s => s with { Entries = [.. s.Entries] }),
            Owed = Cloned(cell.Owed),
            Gaps = cell.Gaps is null ? null : new(cell.Gaps),
        },
        OutboxState output => output with { Entries = new(output.Entries), Aging = output.Aging is null ? null : new(output.Aging), Owed = Cloned(output.Owed) },
        JobState or StageCellState => Copied(state),
        _ => null,
    };

    private static Confirmations? Cloned(Confirmations? owed) => owed is null ? null : owed with
    {
        Open = owed.Open.ToDictionary(o => o.Key, o => new HashSet<string>(o.Value)),
        Sealed = owed.Sealed.ToDictionary(o => o.Key, o => new HashSet<string>(o.Value)),
    };

    private static T Copied<T>(T value) where T : class
    {
        var type = DurableJson.Default.GetTypeInfo(value.GetType())!;
        return (T)JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, type), type)!;
    }

    private sealed record Execution((EntityKind Kind, string Key) Entity, object? State, List<Mail> Batch, DateTimeOffset Until);

    private sealed class Mail(Signal signal, DateTimeOffset at)
    {
        public Signal Signal { get; } = signal;

        public DateTimeOffset At { get; } = at;
    }

}
