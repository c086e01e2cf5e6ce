using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable.Tests;

/// <summary>
/// A durable host in memory: entities whose state and messages go through the real serializer, delayed signals, and, where it is told to, everything
/// that goes wrong: messages overtake each other and come twice, and an entity dies between sending and storing and does its work again.
/// </summary>
internal sealed class EntityWorld
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DurableJob _job;
    private readonly Random _random;
    private readonly bool _hasFaults;
    private readonly GroupCell _groups;
    private readonly ShardCell _shards;
    private readonly OutputWriter _writer;
    private readonly DurableIngest _ingest;
    private readonly List<(Signal Signal, string Json)> _mail = [];
    private readonly ManualClock _clock = new(Start);
    private int _ticks;

    public EntityWorld(DurableJob job, int seed = 0, bool hasFaults = false)
    {
        (_job, _random, _hasFaults) = (job, new Random(seed), hasFaults);
        (_groups, _shards) = (new GroupCell(job), new ShardCell(job));
        _writer = new OutputWriter(job, Letters, _clock);
        _ingest = new DurableIngest(job, "topic", Letters);
    }

    public FakeSink Sink { get; } = new();

    public FakeLetters Letters { get; } = new();

    public Dictionary<(EntityKind Kind, string Key), string> States { get; } = [];

    /// <summary>Every message that was stored.</summary>
    public List<Signal> Sent { get; } = [];

    /// <summary>Of each visit to the sink that left nothing: the earliest timestamp of the records behind what it wrote, and when.</summary>
    public List<(long Oldest, DateTimeOffset At)> Oldest { get; } = [];

    public int LargestState { get; private set; }

    public int LargestMessage { get; private set; }

    public DateTimeOffset Now => _clock.Now;

    /// <summary>Messages on their way, timers among them.</summary>
    public IEnumerable<Signal> Waiting => _mail.Select(m => m.Signal);

    public Task<(IngestedBatch Batch, int Signals)> IngestAsync(IReadOnlyList<Record> records, Func<Signal, bool>? fails = null) =>
        _ingest.ProcessAsync(records, (signal, _) =>
        {
            lock (_mail)
            {
                if (fails?.Invoke(signal) == true)
                    throw new IOException("the storage is away");
                Post(signal);
                if (_hasFaults && _random.Next(10) == 0)
                    Post(signal);
            }
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);

    /// <summary>Lets entities work until nothing is left to do but timers beyond a time.</summary>
    public async Task RunAsync(TimeSpan? until = null)
    {
        var end = Now + (until ?? TimeSpan.FromMinutes(10));
        while (_mail.Count > 0)
        {
            var due = Enumerable.Range(0, _mail.Count).Where(i => (_mail[i].Signal.At ?? Now) <= Now).ToList();
            if (due.Count == 0)
            {
                var next = _mail.Min(m => m.Signal.At!.Value);
                if (next > end)
                    break;
                _clock.Now = next;
                continue;
            }
            var first = _mail[_hasFaults ? due[_random.Next(due.Count)] : due[0]].Signal;
            var batch = due.Where(i => _mail[i].Signal.To == first.To && _mail[i].Signal.Key == first.Key).Select(i => _mail[i]).ToList();
            if (_hasFaults)
                batch = [.. batch.OrderBy(_ => _random.Next()).Take(_random.Next(1, batch.Count + 1))];
            await WorkAsync(first.To, first.Key, batch);
        }
        if (_clock.Now < end && until is not null)
            _clock.Now = end;
    }

    private async Task WorkAsync(EntityKind kind, string key, List<(Signal Signal, string Json)> batch)
    {
        var isCrash = _hasFaults && _random.Next(5) == 0;
        var state = States.GetValueOrDefault((kind, key));
        var signals = new List<Signal>();
        foreach (var (signal, json) in batch)
            state = await OperateAsync(kind, key, signal.Operation, json, state, signals);
        foreach (var signal in isCrash ? signals.Take(_random.Next(signals.Count + 1)) : signals)
            Post(signal);
        if (isCrash)
            return;
        if (state is null)
            States.Remove((kind, key));
        else
            States[(kind, key)] = state;
        LargestState = Math.Max(LargestState, state?.Length ?? 0);
        foreach (var done in batch)
            if (!(_hasFaults && done.Signal.At is null && _random.Next(20) == 0))
                _mail.Remove(done);
    }

    private async Task<string?> OperateAsync(EntityKind kind, string key, string operation, string json, string? state, List<Signal> signals)
    {
        Assert.True(Placement.TryParse(key, out var id, out var place));
        Assert.Equal(_job.Id, id);
        switch (kind)
        {
            case EntityKind.Group or EntityKind.Shard:
                var cell = Read(state, DurableJson.Default.CellState) ?? new CellState();
                switch (kind, operation)
                {
                    case (EntityKind.Group, Operations.Apply): _groups.Apply(cell, key, Read(json, DurableJson.Default.SlicesMessage)!, Now, Tick(), signals); break;
                    case (EntityKind.Group, Operations.Merge): _groups.Merge(cell, key, Read(json, DurableJson.Default.SummariesMessage)!, Now, Tick(), signals); break;
                    case (EntityKind.Group, Operations.Emit): _groups.Emit(cell, Read(json, DurableJson.Default.TickMessage)!, Now, signals); break;
                    case (EntityKind.Group, Operations.Tick): _groups.Tick(cell, key, Read(json, DurableJson.Default.TickMessage)!, Now, Tick(), signals); break;
                    case (EntityKind.Shard, Operations.Apply): _shards.Apply(cell, key, Read(json, DurableJson.Default.SlicesMessage)!, Now, Tick(), signals); break;
                    case (EntityKind.Shard, Operations.Tick): _shards.Tick(cell, key, Read(json, DurableJson.Default.TickMessage)!, Now, Tick(), signals); break;
                    default: Assert.Fail($"{kind} cannot {operation}"); break;
                }
                return cell.IsEmpty ? null : JsonSerializer.Serialize(cell, DurableJson.Default.CellState);
            case EntityKind.Output:
                var output = Read(state, DurableJson.Default.OutputState) ?? new OutputState();
                var box = new OutputBox(_job, int.Parse(place, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromSeconds(1), output, signals);
                if (operation == Operations.Add)
                    box.Add(Read(json, DurableJson.Default.RowsMessage)!, Now, Tick());
                else if (box.IsDue(Read(json, DurableJson.Default.TickMessage)!))
                {
                    await _writer.WriteAsync(box, Sink, TestContext.Current.CancellationToken);
                    if (box.TakeOldest() is { } oldest)
                        Oldest.Add((oldest, Now));
                }
                box.SetTimer(Now, Tick());
                box.SignalPressure(Now);
                return box.Close() ? JsonSerializer.Serialize(output, DurableJson.Default.OutputState) : null;
            default:
                var pressure = Read(state, DurableJson.Default.PressureState) ?? new PressureState();
                PressureGauge.Raise(pressure, Read(json, DurableJson.Default.PressureMessage)!);
                return JsonSerializer.Serialize(pressure, DurableJson.Default.PressureState);
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
}
