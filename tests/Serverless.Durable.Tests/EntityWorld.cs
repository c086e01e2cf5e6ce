using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable.Tests;

/// <summary>What goes wrong in an <see cref="EntityWorld"/>.</summary>
[Flags]
internal enum Faults
{
    None = 0,

    /// <summary>Messages overtake each other and come twice, and an entity dies between sending and storing and does its work again.</summary>
    Disorder = 1,

    /// <summary>A process dies, and what it had in hand counts as done: no state is stored, and few or none of its messages are sent.</summary>
    Loss = 2,
}

/// <summary>A durable host in memory: entities whose state and messages go through the real serializer, delayed signals, faults, and, if asked for, a pulse each minute.</summary>
internal sealed class EntityWorld : IEntityClient, IRangeReader
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private const int MaxRecords = 10;

    private readonly Random _random;
    private readonly Dictionary<int, long> _read = []; // by partition, how far the job has read
    private readonly List<(Signal Signal, string Json)> _mail = [];
    private readonly ManualClock _clock = new(Start);
    private readonly SortedDictionary<int, SortedDictionary<long, Record>> _topic = [];
    private Func<Signal, bool>? _fails;
    private DurableJob? _former; // a process of which may still run
    private DurableJob _job;
    private CellRunner _cells;
    private OutboxKeys _outboxKeys;
    private OutboxFlush _writer;
    private Pulse _pulse;
    private ScriptChange _change;
    private DurableIngest? _ingest; // of one stage
    private DataflowIngest? _stageIngest; // of several
    private DateTimeOffset? _nextPulse;
    private int _generations = 2;
    private int _ticks;
    private int _toDeath = 20;
    private int _dying;

    public EntityWorld(DurableJob job, int seed = 0, Faults faults = Faults.None, bool hasPulse = false)
    {
        (_random, Faults) = (new Random(seed), faults);
        Run(job);
        _nextPulse = hasPulse ? Start.AddSeconds(1) : null;
    }

    public Faults Faults { get; set; }

    public FakeSink Sink { get; set; } = new();

    /// <summary>What is stored of the job.</summary>
    public Generation Generation { get; set; }

    /// <summary>What was said of the job.</summary>
    public List<string> Told { get; } = [];

    public FakeLetters Letters { get; } = new();

    /// <summary>Where cold keys lie.</summary>
    public MemoryKeyStore Keys { get; } = new();

    public Dictionary<(EntityKind Kind, string Key), string> States { get; } = [];

    /// <summary>Every message that was stored.</summary>
    public List<Signal> Sent { get; } = [];

    /// <summary>Of each visit to the sink that left nothing: the earliest timestamp of the records behind what it wrote, and when.</summary>
    public List<(long Oldest, DateTimeOffset At)> Oldest { get; } = [];

    /// <summary>The gaps that pulses have seen.</summary>
    public List<Gap> Gaps { get; } = [];

    /// <summary>The gaps of which the topic no longer has the beginning.</summary>
    public List<Gap> Gone { get; } = [];

    /// <summary>By partition, the first offset that the topic still has.</summary>
    public Dictionary<int, long> Begins { get; } = [];

    /// <summary>The records that were read again.</summary>
    public int Reread { get; private set; }

    /// <summary>What lies behind what has been read.</summary>
    public OffsetRangeContent Content { get; init; }

    /// <summary>For how long records have waited while none was committed, as the last pulse saw it.</summary>
    public TimeSpan Standstill { get; private set; }

    public int LargestState { get; private set; }

    public int LargestMessage { get; private set; }

    /// <summary>Which entities lose what they have in hand, whatever the faults; null for none.</summary>
    public Func<Signal, bool>? Loses { get; set; }

    public DateTimeOffset Now => _clock.Now;

    /// <summary>Messages on their way, timers among them.</summary>
    public IEnumerable<Signal> Waiting => _mail.Select(m => m.Signal);

    private bool HasDisorder => Faults.HasFlag(Faults.Disorder);

    /// <summary>The app starts again with a job that may be another than before, and reads on where that one was.</summary>
    [MemberNotNull(nameof(_job), nameof(_cells), nameof(_outboxKeys), nameof(_writer), nameof(_pulse), nameof(_change), nameof(Generation))]
    public void Run(DurableJob job)
    {
        if (job.Generation.Id != Generation?.Id)
            _read.Clear();
        else
            _former = _job;
        (_job, Generation) = (job, job.Generation);
        (_cells, _outboxKeys) = (new CellRunner(job, Keys), new OutboxKeys(Keys));
        _writer = new OutboxFlush(job, Letters, _clock);
        _pulse = new Pulse(job, [new JobSource("topic", this)], _clock);
        _change = new ScriptChange(job, [new JobSource("t", this)], new ConnectorCatalog(), _clock, Keys);
        RestartIngest();
    }

    /// <summary>The app starts again with another script.</summary>
    public void Edit(string sql)
    {
        var job = Jobs.Compile(sql);
        var bounds = _topic.Select(p => new PartitionBounds(p.Key, Begins.GetValueOrDefault(p.Key), Begins.GetValueOrDefault(p.Key), p.Value.Keys.Last() + 1)).ToList();
        Run(new DurableJob(job, new ScriptEdit(job, Jobs.FormOf(job), new ConnectorCatalog()).Next(Generation, [new SourceBounds("t", bounds)], $"g{_generations++}", Now)) { HotBytes = _job.HotBytes });
    }

    /// <summary>Reads what the job has not read.</summary>
    public async Task CatchUpAsync()
    {
        foreach (var (partition, records) in _topic.ToList())
            if (records.Values.Where(r => r.Offset >= _read.GetValueOrDefault(partition)).ToList() is { Count: > 0 } unread)
                await IngestAsync(unread);
    }

    /// <summary>A process that reads dies, and another one reads on.</summary>
    public void RestartIngest()
    {
        _ingest = _job.Stages is null ? new(_job, "topic", Letters, _clock, this) : null;
        _stageIngest = _job.Stages is null ? null : new(_job, [new JobSource("topic", this)], Letters, _clock);
    }

    public async Task<(IngestedBatch? Batch, int Signals)> IngestAsync(IReadOnlyList<Record> records, Func<Signal, bool>? fails = null)
    {
        foreach (var record in records)
        {
            if (!_topic.TryGetValue(record.Partition, out var partition))
                _topic.Add(record.Partition, partition = []);
            partition[record.Offset] = record;
        }
        _fails = fails;
        try
        {
            if (_job.Stages is not null)
                await BeginAsync(records);
            (IngestedBatch?, int) result = _ingest is not null ? await _ingest.ProcessAsync(records, this, TestContext.Current.CancellationToken)
                : (null, (await _stageIngest!.ProcessAsync(0, records, this, TestContext.Current.CancellationToken)).Signals);
            foreach (var record in records)
                _read[record.Partition] = Math.Max(_read.GetValueOrDefault(record.Partition), record.Offset + 1);
            return result;
        }
        finally
        {
            _fails = null;
        }
    }

    /// <summary>Passes by, as each minute.</summary>
    /// <param name="behind">How many offsets of each partition are beyond what has been read.</param>
    public async Task PulseAsync(int behind = 0)
    {
        var positions = _topic.Keys.ToDictionary(p => new SourcePartition(0, p), p => _read.GetValueOrDefault(p));
        var mark = new PositionMark(Now, positions, 0, positions.ToDictionary(p => p.Key, p => p.Value + behind));
        (var open, var gone, Standstill) = await _pulse.RunAsync(mark, this, TestContext.Current.CancellationToken);
        Gaps.AddRange(open.Select(g => g.Gap));
        Gone.AddRange(gone);
        await (_ingest?.CoverAsync(this, TestContext.Current.CancellationToken) ?? _stageIngest!.CoverAsync(this, TestContext.Current.CancellationToken));
        if (await _change.RunAsync(Generation, mark, this, TestContext.Current.CancellationToken) is not { } step)
            return;
        Generation = step.Apply(Generation);
        if (step.Told is { } told)
            Told.Add(told);
        await _change.ForgetAsync(step.Forgotten, this, TestContext.Current.CancellationToken);
    }

    public Task SendAsync(Signal signal, CancellationToken cancellationToken)
    {
        lock (_mail)
        {
            if (_fails?.Invoke(signal) == true)
                throw new IOException("the storage is away");
            Post(signal);
            if (HasDisorder && _random.Next(10) == 0)
                Post(signal);
        }
        return Task.CompletedTask;
    }

    public async Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken)
    {
        // Entities work while somebody waits for them.
        if (_mail.Where(m => m.Signal.To == EntityKind.Job).ToList() is { Count: > 0 } batch)
            await WorkAsync(EntityKind.Job, key, batch);
        return Read(States.GetValueOrDefault((EntityKind.Job, key)), DurableJson.Default.JobState);
    }

    public Task<OutboxState?> GetOutputAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult(Read(States.GetValueOrDefault((EntityKind.Output, key)), DurableJson.Default.OutboxState));

    public Task<StageCellState?> GetStageAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult(Read(States.GetValueOrDefault((EntityKind.Stage, key)), DurableJson.Default.StageCellState));

    public async IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var ((of, key), _) in States.Where(s => s.Key.Kind == kind && s.Key.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList())
            if (States.ContainsKey((of, key)))
                yield return (key, Cell(of, key));
    }

    public Task<RecordRange> ReadAsync(int partition, long first, long last, CancellationToken cancellationToken)
    {
        var begin = Math.Min(Math.Max(first, Begins.GetValueOrDefault(partition)), last + 1);
        var next = begin;
        var records = new List<Record>();
        foreach (var record in _topic[partition].Values.Where(r => r.Offset >= begin && r.Offset <= last).Take(MaxRecords).ToList())
        {
            records.Add(record with { From = next });
            next = record.Offset + 1;
        }
        Reread += records.Count;
        return Task.FromResult(new RecordRange(begin, records.Count == MaxRecords ? next : last + 1, records));
    }

    public Task<OffsetRangeContent> InspectAsync(int partition, long first, long last, CancellationToken cancellationToken) => Task.FromResult(Content);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Lets entities work until nothing is left to do but what lies beyond a time.</summary>
    public async Task RunAsync(TimeSpan? until = null)
    {
        var end = Now + (until ?? TimeSpan.FromMinutes(10));
        while (_mail.Count > 0 || _nextPulse is not null)
        {
            var due = Enumerable.Range(0, _mail.Count).Where(i => (_mail[i].Signal.At ?? Now) <= Now).ToList();
            if (_nextPulse <= Now)
            {
                _nextPulse = Now + TimeSpan.FromMinutes(1);
                await PulseAsync();
                continue;
            }
            if (due.Count == 0)
            {
                var next = _mail.Select(m => m.Signal.At!.Value).Append(_nextPulse ?? DateTimeOffset.MaxValue).Min();
                if (next > end)
                    break;
                _clock.Now = next;
                continue;
            }
            var first = _mail[HasDisorder ? due[_random.Next(due.Count)] : due[0]].Signal;
            var batch = due.Where(i => _mail[i].Signal.To == first.To && _mail[i].Signal.Key == first.Key).Select(i => _mail[i]).ToList();
            if (HasDisorder)
                batch = [.. batch.OrderBy(_ => _random.Next()).Take(_random.Next(1, batch.Count + 1))];
            await WorkAsync(first.To, first.Key, batch);
        }
        if (_clock.Now < end && until is not null)
            _clock.Now = end;
    }

    /// <summary>The state of a cell.</summary>
    public CellState Cell(EntityKind kind, string key) => Read(States[(kind, key)], DurableJson.Default.CellState)!;

    private async Task WorkAsync(EntityKind kind, string key, List<(Signal Signal, string Json)> batch)
    {
        var isLost = (Loses is { } loses && batch.Exists(b => loses(b.Signal))) || IsDying();
        var isCrash = isLost || (HasDisorder && _random.Next(5) == 0);
        var state = States.GetValueOrDefault((kind, key));
        var signals = new List<Signal>();
        foreach (var (signal, json) in batch)
            state = await OperateAsync(kind, key, new Operation(signal.Operation, json), state, signals);
        // Now and then some messages were out before; where nothing but losses is wanted, none.
        foreach (var signal in !isCrash ? signals : isLost && (!HasDisorder || _random.Next(3) > 0) ? [] : signals.Take(_random.Next(signals.Count + 1)))
            Post(signal);
        if (isLost)
            _mail.RemoveAll(batch.Contains);
        if (isCrash)
            return;
        if (state is null)
            States.Remove((kind, key));
        else
            States[(kind, key)] = state;
        LargestState = Math.Max(LargestState, state?.Length ?? 0);
        foreach (var done in batch)
            if (!(HasDisorder && done.Signal.At is null && _random.Next(20) == 0))
                _mail.Remove(done);
    }

    // Before the ingest does, which would wait for it.
    private async Task BeginAsync(IReadOnlyList<Record> records)
    {
        var (key, begins) = (new EntityKeys(_job).OfJob, records.GroupBy(r => new SourcePartition(0, r.Partition)).ToDictionary(p => p.Key, p => p.Min(r => r.Offset)));
        while (await GetJobAsync(key, TestContext.Current.CancellationToken) is var job && !begins.Keys.All(p => job?.Begins?.ContainsKey(p) is true))
            await SendAsync(new Signal(EntityKind.Job, key, Operations.Begin, new BeginMessage(begins)), TestContext.Current.CancellationToken);
    }

    // A process has several batches in hand.
    private bool IsDying()
    {
        if (!Faults.HasFlag(Faults.Loss))
            return false;
        if (--_toDeath < 0)
        {
            (_toDeath, _dying) = (_random.Next(100, 400), _random.Next(1, 12));
            if (_random.Next(2) == 0)
                RestartIngest();
        }
        return _dying-- > 0;
    }

    private async Task<string?> OperateAsync(EntityKind kind, string key, Operation operation, string? state, List<Signal> signals)
    {
        Assert.True(EntityKeys.TryParse(key, out var id, out var place));
        if (id != _job.Id)
        {
            // As the app does: what is kept is kept as it is.
            if (Generation.Formers?.Any(f => id!.EndsWith(f.Id, StringComparison.Ordinal)) is true)
                return state;
            return operation.Name == Operations.Forget ? null : state;
        }
        // A process of the version before may do a message that it still understands.
        var job = HasDisorder && _former is { } former && former.Id == id && _random.Next(4) == 0 ? former : _job;
        switch (kind)
        {
            case EntityKind.Group or EntityKind.Shard:
                var cell = Read(state, DurableJson.Default.CellState) ?? new CellState();
                var cells = job == _job || job.IsBefore(cell.Epoch) ? _cells : new CellRunner(job, Keys);
                Assert.True((await cells.RunAsync(kind, key, operation, cell, Now, Tick(), signals, TestContext.Current.CancellationToken)).IsKnown, $"{kind} cannot {operation.Name}");
                return cell.IsEmpty ? null : JsonSerializer.Serialize(cell, DurableJson.Default.CellState);
            case EntityKind.Output:
                var output = Read(state, DurableJson.Default.OutboxState) ?? new OutboxState();
                var isMine = operation.Name == Operations.Tick || job.IsBefore(output.Epoch) || (operation.Name == Operations.Add && job.Stages is null && job.IsBefore(operation.Input<RowsMessage>()!.Epoch));
                await _outboxKeys.PrepareAsync(key, output, operation, TestContext.Current.CancellationToken);
                var box = new Outbox(isMine ? _job : job, int.Parse(place, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(1), output, signals);
                if (operation.Name == Operations.Add && _job.Stages is not null && operation.Input<DeltasMessage>() is { Parts: not null } deltas)
                {
                    await Keys.FetchAsync(kind, key, output, () => box.KeysOf(deltas), TestContext.Current.CancellationToken);
                    box.Add(deltas, Now, Tick());
                }
                else if (operation.Name == Operations.Add)
                {
                    if (_job.Stages is not null)
                        await Keys.FetchAsync(kind, key, output, () => Outbox.KeysOf(operation.Input<RowsMessage>()!), TestContext.Current.CancellationToken);
                    box.Add(operation.Input<RowsMessage>()!, Now, Tick());
                }
                else if (operation.Name == Operations.Rewrite)
                {
                    box.Rewrite(operation.Input<RewriteMessage>()!, Now);
                }
                else if (operation.Name == Operations.Pulse && _job.Stages is not null)
                {
                    box.FindMissing(operation.Input<PulseMessage>()!, Now);
                }
                else if (operation.Name == Operations.Tick && box.IsDue(operation.Input<TickMessage>()!))
                {
                    await Keys.RewriteAsync(key, box, Now, TestContext.Current.CancellationToken);
                    await _writer.WriteAsync(box, _ => Task.FromResult<ISink>(Sink), TestContext.Current.CancellationToken);
                    if (box.TakeOldest() is { } oldest)
                        Oldest.Add((oldest, Now));
                }
                box.SetTimers(Now, Tick());
                box.SignalPressure(Now);
                return box.Close() ? JsonSerializer.Serialize(output, DurableJson.Default.OutboxState) : null;
            case EntityKind.Stage:
                var stage = Read(state, DurableJson.Default.StageCellState) ?? new StageCellState();
                Assert.True((await new StageDispatcher(_job, Keys).RunAsync(key, operation, stage, Now, Tick(), signals, TestContext.Current.CancellationToken)).IsKnown, $"{kind} cannot {operation.Name}");
                return stage.IsEmpty ? null : JsonSerializer.Serialize(stage, DurableJson.Default.StageCellState);
            default:
                var jobState = Read(state, DurableJson.Default.JobState) ?? new JobState();
                Assert.True(jobState.TryRun(operation, _job.Times, Now, _job.Hub), $"{kind} cannot {operation.Name}");
                return JsonSerializer.Serialize(jobState, DurableJson.Default.JobState);
        }
    }

    private string Tick() => $"t{_ticks++}";

    private void Post(Signal signal)
    {
        var json = JsonSerializer.Serialize(signal.Input, DurableJson.Default.GetTypeInfo(signal.Input.GetType())!);
        LargestMessage = Math.Max(LargestMessage, json.Length);
        Sent.Add(signal);
        _mail.Add((signal, json));
    }

    private static T? Read<T>(string? json, JsonTypeInfo<T> type) where T : class => json is null ? null : JsonSerializer.Deserialize(json, type);

    private sealed record Operation(string Name, string Json) : IOperation
    {
        public T? Input<T>() where T : class => JsonSerializer.Deserialize(Json, (JsonTypeInfo<T>)DurableJson.Default.GetTypeInfo(typeof(T))!);
    }
}
