using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serverless.Durable;
using Serverless.Durable.Tests;
using Serverless.Engine.Ingest;

namespace Serverless.Benchmarks;

/// <summary>The entities of a job without a host: every operation reads its state and its input from JSON, and writes its state, as the worker does.</summary>
internal sealed class OperationsWorld : TimeProvider, IEntityClient
{
    private readonly DurableJob _job;
    private readonly MemoryKeyStore _keys = new();
    private readonly OutboxKeys _outboxKeys;
    private readonly CellRunner _cells;
    private readonly StageDispatcher? _stages;
    private readonly DurableIngest? _ingest;
    private readonly StageIngest? _stageIngest;
    private readonly Dictionary<(EntityKind Kind, string Key), byte[]> _states = [];
    private readonly PriorityQueue<(Signal Signal, byte[] Input), (DateTimeOffset At, int Number)> _mail = new();
    private readonly long[] _offsets;
    private DateTimeOffset _now = Start;
    private int _number;
    private int _readBefore;

    /// <summary>Makes one.</summary>
    public OperationsWorld(DurableJob job)
    {
        (_job, _cells, _outboxKeys, _offsets) = (job, new CellRunner(job, _keys), new OutboxKeys(_keys), new long[job.Job.Sources.Count]);
        if (job.Stages is null)
            _ingest = new DurableIngest(job, "t", new FakeLetters(), this);
        else
            (_stages, _stageIngest) = (new StageDispatcher(job, _keys), new StageIngest(job));
    }

    /// <summary>When it begins.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many sources the job has.</summary>
    public int Sources => _offsets.Length;

    /// <summary>How many keys operations have read from the key store.</summary>
    public int KeysRead => _keys.Reads.Found - _readBefore;

    /// <summary>The bytes of the largest message as JSON.</summary>
    public int LargestMessage { get; private set; }

    /// <summary>What operations cost, by the kind of entity.</summary>
    public Dictionary<EntityKind, OperationsCost> Costs { get; } = [];

    public override DateTimeOffset GetUtcNow() => _now;

    /// <summary>Counts from here.</summary>
    public void Reset()
    {
        _readBefore = _keys.Reads.Found;
        foreach (var (kind, cost) in Costs)
            Costs[kind] = cost with { Time = TimeSpan.Zero, Count = 0 };
    }

    /// <summary>Reads a batch.</summary>
    public async Task IngestAsync(int source, IEnumerable<int> keys, CancellationToken cancellationToken)
    {
        Record[] records = [.. keys.Select(k => new Record(0, _offsets[source]++, 0, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"k":"a key of some length {{k}}","v":1}"""))))];
        if (_ingest is not null)
        {
            await _ingest.ProcessAsync(records, this, cancellationToken);
            return;
        }
        foreach (var signal in await _stageIngest!.PackAsync(source, records, "t", [], cancellationToken))
            Post(signal);
        _stageIngest.Stored();
    }

    /// <summary>Lets time pass.</summary>
    public async Task RunAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var end = _now + time;
        while (_mail.TryPeek(out var mail, out var when) && when.At <= end)
        {
            _mail.Dequeue();
            if (when.At > _now)
                _now = when.At;
            if (mail.Signal.To != EntityKind.Job)
                await OperateAsync(mail.Signal, mail.Input, cancellationToken);
        }
        _now = end;
    }

    public Task SendAsync(Signal signal, CancellationToken cancellationToken)
    {
        Post(signal);
        return Task.CompletedTask;
    }

    public Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken) => Task.FromResult<JobState?>(null);

    public Task<OutboxState?> GetOutputAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StageCellState?> GetStageAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    private async Task OperateAsync(Signal signal, byte[] input, CancellationToken cancellationToken)
    {
        var signals = new List<Signal>();
        var start = Stopwatch.GetTimestamp();
        var state = signal.To switch
        {
            EntityKind.Output => await OutputAsync(signal, input, signals, cancellationToken),
            EntityKind.Stage => await StageAsync(signal, input, signals, cancellationToken),
            _ => await CellAsync(signal, input, signals, cancellationToken),
        };
        var cost = Costs.GetValueOrDefault(signal.To);
        Costs[signal.To] = new OperationsCost(cost.Time + Stopwatch.GetElapsedTime(start), cost.Count + 1, Math.Max(cost.LargestState, state.Length));
        _states[(signal.To, signal.Key)] = state;
        foreach (var sent in signals)
            Post(sent);
    }

    private async Task<byte[]> CellAsync(Signal signal, byte[] input, List<Signal> signals, CancellationToken cancellationToken)
    {
        var state = Read(signal, DurableJson.Default.CellState);
        await _cells.RunAsync(signal.To, signal.Key, new Operation(signal, input), state, _now, Tick(), signals, cancellationToken);
        return JsonSerializer.SerializeToUtf8Bytes(state, DurableJson.Default.CellState);
    }

    private async Task<byte[]> StageAsync(Signal signal, byte[] input, List<Signal> signals, CancellationToken cancellationToken)
    {
        var state = Read(signal, DurableJson.Default.StageCellState);
        await _stages!.RunAsync(signal.Key, new Operation(signal, input), state, _now, Tick(), signals, cancellationToken);
        return JsonSerializer.SerializeToUtf8Bytes(state, DurableJson.Default.StageCellState);
    }

    private async Task<byte[]> OutputAsync(Signal signal, byte[] input, List<Signal> signals, CancellationToken cancellationToken)
    {
        var state = Read(signal, DurableJson.Default.OutboxState);
        var operation = new Operation(signal, input);
        await _outboxKeys.PrepareAsync(signal.Key, state, operation, cancellationToken);
        var box = new Outbox(_job, int.Parse(signal.Key.AsSpan(signal.Key.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture), TimeSpan.FromSeconds(1), state, signals);
        if (signal.Input is DeltasMessage && operation.Input<DeltasMessage>() is { } deltas)
        {
            await _keys.FetchAsync(signal.To, signal.Key, state, () => box.KeysOf(deltas), cancellationToken);
            box.Add(deltas, _now, Tick());
        }
        else if (signal.Input is RowsMessage)
        {
            box.Add(operation.Input<RowsMessage>()!, _now, Tick());
        }
        else if (signal.Input is TickMessage && box.IsDue(operation.Input<TickMessage>()!))
        {
            box.Written(box.Take(int.MaxValue), _now);
        }
        box.SetTimers(_now, Tick());
        box.Close();
        return JsonSerializer.SerializeToUtf8Bytes(state, DurableJson.Default.OutboxState);
    }

    private T Read<T>(Signal signal, JsonTypeInfo<T> type) where T : class, new() =>
        _states.TryGetValue((signal.To, signal.Key), out var json) ? JsonSerializer.Deserialize(json, type)! : new T();

    private void Post(Signal signal)
    {
        var input = JsonSerializer.SerializeToUtf8Bytes(signal.Input, DurableJson.Default.GetTypeInfo(signal.Input.GetType())!);
        LargestMessage = Math.Max(LargestMessage, input.Length);
        var at = signal.At > _now ? signal.At.Value : _now;
        _mail.Enqueue((signal, input), (at, _number++));
    }

    private string Tick() => string.Create(CultureInfo.InvariantCulture, $"t{_number++}");

    private sealed class Operation(Signal signal, byte[] input) : IOperation
    {
        public string Name => signal.Operation;

        public T? Input<T>() where T : class => JsonSerializer.Deserialize(input, (JsonTypeInfo<T>)DurableJson.Default.GetTypeInfo(typeof(T))!);
    }
}

/// <summary>What operations of a kind of entity cost.</summary>
/// <param name="Time">How long they have taken.</param>
/// <param name="Count">How many there were.</param>
/// <param name="LargestState">The bytes of the largest state as JSON.</param>
internal readonly record struct OperationsCost(TimeSpan Time, int Count, int LargestState);
