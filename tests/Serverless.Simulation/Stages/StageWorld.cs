using System.Globalization;
using Serverless.Connectors;
using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Simulation.Stages;

/// <summary>
/// One run of a job of several stages on durable entities: records are read by two processes, one of them perhaps a zombie; messages are lost, repeated and overtake each
/// other; entities crash and do their work again in another order. Then nothing goes wrong any more, and the table must be what one machine makes of the records.
/// </summary>
internal sealed class StageWorld
{
    private const int Steps = 400; // with faults
    private static readonly TimeSpan PulseEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(45); // until everything has come to rest

    private readonly StageJob _job;
    private readonly Random _random;
    private readonly Faults _faults;
    private readonly SimulatedClock _clock = new();
    private readonly Table _table;
    private readonly Letters _letters;
    private readonly Entities _entities;
    private readonly DurableJob _durable;
    private readonly EntityKeys _keys;
    private readonly Pulse _pulse;
    private readonly StageIngest[] _readers;
    private readonly Dictionary<SourcePartition, Record[]> _records;
    private readonly Dictionary<SourcePartition, int> _positions;
    private readonly Action<string>? _trace;

    public StageWorld(int seed, StageJob job, StageBug bug, Action<string>? trace = null)
    {
        (_job, _random, _trace) = (job, new Random(seed), trace);
        _faults = new Faults(_random);
        _table = new Table(_random, _faults, _clock, (_, change) => change) { HasVersionColumn = _random.Next(2) == 0 };
        _letters = new Letters(_faults);
        var generation = new Generation("sim", "", SimulatedClock.Start);
        var settings = job.Job.Settings with { Cells = 1 + _random.Next(4) };
        var bound = job.Job with { Settings = settings };
        _durable = new DurableJob(bound, generation, StageMistakes.Times(bug)) { HotBytes = _random.Next(3) switch { 0 => null, 1 => 0, _ => 400 }, Compiled = StageMistakes.Compile(bug, bound, generation), Stages = StageMistakes.Runners(bug, bound) };
        _keys = new EntityKeys(_durable);
        _pulse = new Pulse(_durable, [.. bound.Sources.Select((s, source) => new JobSource(s.Name, new Reader(this, source)))], _clock, job.NewLookups(_random, _faults), _letters);
        _readers = [NewReader(), NewReader()];
        _records = job.Records.SelectMany((records, source) => records.GroupBy(r => r.Partition).Select(g => (new SourcePartition(source, g.Key), g.OrderBy(r => r.Offset).ToArray()))).ToDictionary();
        _positions = _records.Keys.ToDictionary(k => k, _ => 0);
        _entities = new Entities(_durable, _random, _faults, _clock, _table, _letters, new Mistakes(StageMistakes.WithKeys(bug), bound), trace) { Stages = new StageMistakes(bug) };
    }

    /// <summary>Runs; returns what differs, or null.</summary>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        var nextPulse = _clock.Now + PulseEvery;
        DateTimeOffset? calmSince = null;
        for (var step = 0; ; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _faults.IsActive = step < Steps;
            var unread = _positions.Any(p => p.Value < _records[p.Key].Length);
            if (!_faults.IsActive && !unread)
                calmSince ??= _clock.Now;
            // What is read again and again hides that it was lost.
            if (_random.Next(100) < (unread ? 12 : _faults.IsActive && _records.Count > 0 ? 1 : 0))
                await ReadAsync(cancellationToken);
            if (_clock.Now >= nextPulse && await MayPulseAsync(cancellationToken))
            {
                await PulseAsync(cancellationToken);
                nextPulse = _clock.Now + PulseEvery;
            }

            _entities.Deliver();
            if (_entities.IsBusy)
                _entities.Work();
            if (_faults.IsActive || _entities.IsBusy || unread)
                _clock.Now += TimeSpan.FromMilliseconds(_random.Next(3000));
            else
                _clock.Now = _entities.NextAt is { } next && next < nextPulse ? next : nextPulse;
            // Two pulses tell everyone what is missing.
            if (calmSince is { } since && ((_clock.Now > since + (3 * PulseEvery) && _entities.IsAtRest) || _clock.Now > since + Longest))
                break;
        }

        if (_entities.Mismatch is { } mismatch)
            return mismatch;
        return await _job.DifferenceAsync(_table.Rows, _table.RefusedKey, _letters.Records, cancellationToken) is not { } difference ? null
            : $"""
              {difference}
              ---- not at rest
              {string.Join('\n', _entities.AtWork)}
              """;
    }

    /// <summary>A batch, perhaps one again, perhaps only some of its messages stored.</summary>
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var reader = _random.Next(2);
        var (channel, position) = _positions.ElementAt(_random.Next(_positions.Count));
        var records = _records[channel];
        var first = position < records.Length && (!_faults.IsActive || _random.Next(10) < 9) ? position : _random.Next(Math.Min(position, records.Length - 1) + 1);
        var last = Math.Min(records.Length - 1, first + _random.Next(5));
        // Where the job begins is stored before anything is sent.
        if ((await _entities.GetJobAsync(_keys.OfJob, cancellationToken))?.Begins?.ContainsKey(channel) is not true)
        {
            await _entities.SendAsync(new Signal(EntityKind.Job, _keys.OfJob, Operations.Begin, new BeginMessage(new Dictionary<SourcePartition, long> { [channel] = first })), cancellationToken);
            return;
        }

        var letters = new List<DeadLetter>();
        IReadOnlyList<Signal> signals;
        try
        {
            signals = await _readers[reader].PackAsync(channel.Source, records[first..(last + 1)], "topic", letters, cancellationToken);
        }
        catch (SinkUnavailableException)
        {
            return;
        }

        _letters.Records.UnionWith(letters.Select(l => (l.Partition!.Value, l.Offset!.Value)));
        var dies = _faults.Strikes(20);
        _trace?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{_clock.Now:HH:mm:ss.fff} reader {reader} reads {channel.Source}.{channel.Partition}@{first}-{last}{(dies ? " and dies" : "")}"));
        foreach (var signal in dies ? signals.Take(_random.Next(signals.Count + 1)) : signals)
            await _entities.SendAsync(signal, cancellationToken);
        if (dies)
        {
            _readers[reader] = NewReader();
            return;
        }

        _readers[reader].Stored();
        if (first <= position && position <= last)
            _positions[channel] = last + 1;
    }

    private async Task<bool> MayPulseAsync(CancellationToken cancellationToken) =>
        !_job.IsReadFirst || ((await _entities.GetJobAsync(_keys.OfJob, cancellationToken))?.Begins is { } begins && _positions.All(p => p.Value > 0 && begins.ContainsKey(p.Key)));

    private StageIngest NewReader() => new(_durable, _job.NewLookups(_random, _faults));

    private async Task PulseAsync(CancellationToken cancellationToken)
    {
        foreach (var reader in _readers)
        {
            foreach (var signal in reader.Cover())
                await _entities.SendAsync(signal, cancellationToken);
            reader.Stored();
        }

        await _pulse.RunAsync(new PositionMark(_clock.Now, _positions.ToDictionary(p => p.Key, p => (long)p.Value), null), _entities, cancellationToken);
    }

    /// <summary>Reads a source again.</summary>
    private sealed class Reader(StageWorld world, int source) : IRangeReader
    {
        public Task<RecordRange> ReadAsync(int partition, long first, long last, CancellationToken cancellationToken)
        {
            var next = Math.Min(last + 1, first + 1 + world._random.Next(8));
            return Task.FromResult(new RecordRange(first, next, [.. world._records[new SourcePartition(source, partition)].Where(r => r.Offset >= first && r.Offset < next)]));
        }

        public Task<OffsetRangeContent> InspectAsync(int partition, long first, long last, CancellationToken cancellationToken) => Task.FromResult(OffsetRangeContent.Records);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
