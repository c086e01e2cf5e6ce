using System.Diagnostics.CodeAnalysis;
using Serverless.Connectors;
using Serverless.Durable;
using Serverless.Engine.Ingest;

namespace Serverless.Simulation;

/// <summary>One version of an app: worker processes that read, of which all but one are zombies, the entities, the pulse, and the position that lives as long as the host.</summary>
internal sealed class App
{
    private readonly Topic _topic;
    private readonly Random _random;
    private readonly Faults _faults;
    private readonly SimulatedClock _clock;
    private readonly Letters _letters;
    private readonly DurableIngest[] _workers = new DurableIngest[2];
    private readonly long[] _position;
    private readonly bool _givesFrom;
    private readonly bool _hasZombie;
    private readonly int _mostRemembered;
    private readonly bool _readsAgain;
    private readonly bool _rewrites;
    private readonly Action<string>? _trace;
    private DurableJob _job;
    private Pulse _pulse;
    private ScriptChange _change;
    private Generation _generation;

    public App(DurableJob job, Topic topic, Random random, Faults faults, SimulatedClock clock, Letters letters, Entities entities, Bug bug, Action<string>? trace)
    {
        (_topic, _random, _faults, _clock, _letters, Entities, _trace) = (topic, random, faults, clock, letters, entities, trace);
        (_readsAgain, _rewrites) = (bug != Bug.NeverReadAgain, bug != Bug.WriteNothingAgain);
        _position = new long[topic.Partitions];
        _givesFrom = random.Next(2) == 0;
        _hasZombie = random.Next(2) == 0;
        _mostRemembered = random.Next(4) == 0 ? random.Next(1, 8) : 1000;
        Start(job);
    }

    public Entities Entities { get; }

    /// <summary>Whether there is something to read.</summary>
    public bool HasUnread => Enumerable.Range(0, _topic.Partitions).Any(p => _position[p] < _topic.End(p));

    /// <summary>Whether rows are to be written again.</summary>
    public bool IsRewriting => _generation.Rewrite is { IsDone: false };

    /// <summary>Starts with a job, where the former one was.</summary>
    [MemberNotNull(nameof(_job), nameof(_pulse), nameof(_change), nameof(_generation))]
    public void Start(DurableJob job)
    {
        (_job, _pulse) = (job, new Pulse(job, [new JobSource("topic", _topic)], _clock));
        (_change, _generation) = (new ScriptChange(job, [new JobSource("t", _topic)], SimulatedJobs.Connectors, _clock, Entities.Keys), _rewrites ? job.Generation : job.Generation with { Rewrite = null });
        Entities.Start(job);
        for (var worker = 0; worker < _workers.Length; worker++)
            Restart(worker);
    }

    /// <summary>A process that reads dies with all that it knows, and another one takes its place.</summary>
    public void Restart(int worker)
    {
        _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} worker {worker} starts");
        _workers[worker] = new DurableIngest(_job, "topic", _letters, _clock, _readsAgain ? _topic : null) { MostRemembered = _mostRemembered };
    }

    /// <summary>A process that reads dies.</summary>
    public void Restart() => Restart(_random.Next(_workers.Length));

    /// <summary>A worker processes a batch.</summary>
    public void Ingest()
    {
        var worker = _faults.IsActive && _hasZombie ? _random.Next(_workers.Length) : 0;
        var batch = new List<Record>();
        var read = new List<(int Partition, long First, long Next)>();
        for (var p = 0; p < _position.Length; p++)
        {
            if (_random.Next(10) < 4)
                continue;
            var first = _position[p];
            var end = _topic.End(p);
            // A replay, or a zombie; no delivery is as late as the horizon.
            var since = _topic.Since(p, _clock.Now - (JobSpec.Horizon / 2));
            if (since < end && (_faults.Strikes(20) || (first >= end && _faults.IsActive)) && since <= first)
                first = _random.NextInt64(since, Math.Min(first, end - 1) + 1);
            if (first >= end)
                continue;
            var next = Math.Min(end, first + _random.Next(1, 8));
            batch.AddRange(_topic.Read(p, first, next, _givesFrom));
            read.Add((p, first, next));
        }
        _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} worker {worker} reads {string.Join(", ", read.Select(r => $"{r.Partition}@{r.First}-{r.Next - 1}"))}");
        try
        {
            Entities.IsAway = _faults.Strikes(15);
            if (batch.Count > 0)
                _workers[worker].ProcessAsync(batch, Entities, CancellationToken.None).GetAwaiter().GetResult();
            if (_faults.Strikes(5))
                throw new IOException("the position is not stored");
            foreach (var (partition, first, next) in read)
                if (first <= _position[partition])
                    _position[partition] = Math.Max(_position[partition], next);
        }
        catch (Exception e) when (e is IOException or SinkUnavailableException or TimeoutException)
        {
            _trace?.Invoke($"  {e.Message}");
            if (_faults.Strikes(50))
                Restart(worker);
        }
        finally
        {
            Entities.IsAway = false;
        }
    }

    /// <summary>What happens once a minute.</summary>
    public void Pulse()
    {
        _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} pulse");
        if (_faults.Strikes(10))
            return;
        try
        {
            Entities.IsAway = _faults.Strikes(10);
            var positions = _position.Select((next, partition) => (next, partition)).ToDictionary(p => new SourcePartition(0, p.partition), p => p.next);
            var mark = new PositionMark(_clock.Now, positions, _position.Select((next, p) => _topic.End(p) - next).Sum());
            _pulse.RunAsync(mark, Entities, CancellationToken.None).GetAwaiter().GetResult();
            if (_change.RunAsync(_generation, mark, Entities, CancellationToken.None).GetAwaiter().GetResult() is { } step)
                _generation = step.Apply(_generation);
            foreach (var worker in _workers)
                worker.CoverAsync(Entities, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (IOException e)
        {
            _trace?.Invoke($"  {e.Message}");
        }
        finally
        {
            Entities.IsAway = false;
        }
    }
}
