using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Serverless.Connectors;
using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.Tests;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Simulation.Stages;

/// <summary>
/// One run of a job of several stages on durable entities: records are read by two processes, one of them perhaps a zombie; messages are lost, repeated and overtake each
/// other; entities crash and do their work again in another order; of some the script is edited in the middle. Then nothing goes wrong any more, and the table must be what
/// one machine makes of the records, with nothing left of the former script.
/// </summary>
internal sealed class StageWorld
{
    private const int Steps = 400; // with faults
    private static readonly TimeSpan PulseEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(45); // until everything has come to rest
    private const int LongestGoodbye = 6; // seconds for which a process of the former script goes on

    private readonly StageJob _job;
    private readonly Random _random;
    private readonly Faults _faults;
    private readonly SimulatedClock _clock = new();
    private readonly Table _table;
    private readonly Letters _letters;
    private readonly StageBug _bug;
    private readonly int? _cells;
    private readonly int? _hotBytes;
    private readonly Dictionary<SourcePartition, Record[]> _records;
    private readonly Dictionary<SourcePartition, int> _positions;
    private readonly Action<string>? _trace;
    private readonly StageIngest[] _readers = new StageIngest[2];
    private Entities _entities;
    private DurableJob _durable;
    private EntityKeys _keys;
    private Pulse _pulse;
    private ScriptChange? _change;
    private Generation _generation;
    private IEntityClient _client;
    private Entities? _former; // which goes on until then
    private DateTimeOffset _formerEnds;
    private int _editAt; // the step; none if negative

    public StageWorld(int seed, StageJob job, StageBug bug, Action<string>? trace = null)
    {
        (_job, _random, _bug, _trace) = (job, new Random(seed), bug, trace);
        _faults = new Faults(_random);
        _table = new Table(_random, _faults, _clock, (_, change) => change) { HasVersionColumn = _random.Next(2) == 0 };
        _letters = new Letters(_faults);
        (_cells, _hotBytes) = (1 + _random.Next(4), _random.Next(3) switch { 0 => null, 1 => 0, _ => 400 });
        // Of dice of its own, so that the others fall as without it.
        _editAt = job.Former is null ? -1 : new Random(seed).Next(20, Steps);
        Start(job.Former ?? job.Job);
        _records = job.Records.SelectMany((records, source) => records.GroupBy(r => r.Partition).Select(g => (new SourcePartition(source, g.Key), g.OrderBy(r => r.Offset).ToArray()))).ToDictionary();
        _positions = _records.Keys.ToDictionary(k => k, _ => 0);
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
            if (step == _editAt)
                Edit();
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

            if (_former is not null && _clock.Now < _formerEnds)
            {
                _former.Deliver();
                if (_former.IsBusy)
                    _former.Work();
            }

            _entities.Deliver();
            if (_entities.IsBusy)
                _entities.Work();
            if (_faults.IsActive || _entities.IsBusy || unread)
                _clock.Now += TimeSpan.FromMilliseconds(_random.Next(3000));
            else
                _clock.Now = _entities.NextAt is { } next && next < nextPulse ? next : nextPulse;
            // Two pulses tell everyone what is missing.
            if (calmSince is { } since && ((_clock.Now > since + (3 * PulseEvery) && _entities.IsAtRest && _generation.Formers is null) || _clock.Now > since + Longest))
                break;
        }

        if (_entities.Mismatch is { } mismatch)
            return mismatch;
        if (_generation.Formers is not null)
            return "it does not catch up with what it was before";
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

    [MemberNotNull(nameof(_entities), nameof(_durable), nameof(_keys), nameof(_pulse), nameof(_generation), nameof(_client))]
    private void Start(Job job)
    {
        var bound = job with { Settings = job.Settings with { Cells = _cells } };
        var former = _generation;
        _generation = new Generation($"sim{(former is null ? 1 : 2)}", DurableJob.Fingerprint(bound), former is null ? _clock.Now : EpochRule.Next([former.Epoch], _clock.Now))
        {
            Form = OutputForm.Of(job, "table", ""),
            Sources = [.. job.Sources.Select(s => new SourceStart(s.Name, ""))],
            Formers = former is null ? null : [former],
            Ends = former is null ? null : _records.ToDictionary(r => r.Key, r => (long)r.Value.Length),
        };
        _durable = new DurableJob(bound, _generation, StageMistakes.Times(_bug)) { HotBytes = _hotBytes, Compiled = StageMistakes.Compile(_bug, bound, _generation), Stages = StageMistakes.Runners(_bug, bound) };
        _keys = new EntityKeys(_durable);
        List<JobSource> sources = [.. bound.Sources.Select((s, source) => new JobSource(s.Name, new Reader(this, source)))];
        _pulse = new Pulse(_durable, sources, _clock, _job.NewLookups(_random, _faults), _letters);
        for (var reader = 0; reader < _readers.Length; reader++)
            _readers[reader] = NewReader();
        _entities = new Entities(_durable, _random, _faults, _clock, _table, _letters, new Mistakes(StageMistakes.WithKeys(_bug), bound), _trace) { Stages = new StageMistakes(_bug) };
        _client = _entities;
    }

    // The former script's messages that are on their way then are nobody's, but for the last moments of a process that has not ended.
    private void Edit()
    {
        _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} the script is edited");
        var (former, prefix) = (_entities, _keys.Prefix);
        Start(_job.Job);
        (_former, _formerEnds) = (former, _clock.Now + TimeSpan.FromSeconds(_random.Next(LongestGoodbye)));
        foreach (var channel in _positions.Keys)
            _positions[channel] = 0;
        var both = new EditedEntities(_entities, former, prefix);
        _client = both;
        _change = new ScriptChange(_durable, [.. _durable.Job.Sources.Select((s, source) => new JobSource(s.Name, new Reader(this, source)))], new TestConnectors(), _clock, both);
    }

    private StageIngest NewReader() => new(_durable, _job.NewLookups(_random, _faults));

    private async Task PulseAsync(CancellationToken cancellationToken)
    {
        foreach (var reader in _readers)
        {
            foreach (var signal in reader.Cover())
                await _entities.SendAsync(signal, cancellationToken);
            reader.Stored();
        }

        var mark = new PositionMark(_clock.Now, _positions.ToDictionary(p => p.Key, p => (long)p.Value), null);
        await _pulse.RunAsync(mark, _entities, cancellationToken);
        try
        {
            if (_change is not null && await _change.RunAsync(_generation, mark, _client, cancellationToken) is { } step)
                _generation = step.Apply(_generation);
        }
        catch (IOException)
        {
            // The key store is away: the next pulse takes the step again.
        }
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
