using Serverless.Durable;

namespace Serverless.Simulation;

/// <summary>
/// One run: a topic that grows burst by burst, an app or two that read it, a table, and everything that goes wrong between them. Batches are cut anew and read again; messages are
/// repeated and overtake each other; workers and entities crash between any two steps, after some of their messages went out, and entities do their work again in another order
/// and in other batches, or not at all; the database is away for a while, refuses a row for good, or is written to just before the acknowledgement is lost. At rest the table must
/// equal the oracle.
/// </summary>
internal sealed class World
{
    private static readonly TimeSpan PulseEvery = TimeSpan.FromMinutes(1);

    // Long enough for everything that is lost in the last moment to be missed, told, and repaired, more than once.
    private static readonly TimeSpan LongestRepair = TimeSpan.FromMinutes(60);

    // Until what was read last has been looked at for the last time.
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMinutes(14);

    private readonly SimulatedJob _job;
    private readonly Random _random;
    private readonly Bug _bug;
    private readonly Action<string>? _trace;
    private readonly SimulatedClock _clock = new();
    private readonly Faults _faults;
    private readonly Topic _topic;
    private readonly Letters _letters;
    private readonly Table _table;
    private readonly Mistakes _mistakes;
    private readonly List<App> _apps = [];
    private readonly List<int> _lives = []; // of each burst, the life that it is part of
    private DateTimeOffset _faultsUntil;
    private DateTimeOffset _pulseAt;
    private readonly Edit _edit;
    private readonly bool _hasDeaths;
    private DateTimeOffset? _editAt;
    private int _burst;

    /// <summary>Makes the world of a seed.</summary>
    public World(int seed, SimulatedJobs jobs, Bug bug, Action<string>? trace = null)
    {
        (_random, _bug, _trace) = (new Random(seed), bug, trace);
        _job = jobs.Get(seed);
        _mistakes = new Mistakes(bug, _job.Job.Value.Job);
        _faults = new Faults(_random);
        // The process that reads may be another one than those that die.
        if (_random.Next(2) == 0)
            _faults.Death = () => _apps[^1].Restart();
        _topic = new Topic(_random);
        _letters = new Letters(_faults);
        _edit = _random.Next(12) switch { 0 or 1 => Edit.Script, 2 => Edit.Topic, 3 when !HasLives => Edit.Program, >= 4 and < 8 when !HasLives && _job.RewrittenJob is not null => Edit.Output, _ => Edit.None };
        _editAt = _edit == Edit.None ? null : _clock.Now + TimeSpan.FromSeconds(_random.Next(5, _edit == Edit.Output ? 1500 : 200));
        _table = new Table(_random, _faults, _clock, _mistakes.Kept)
        {
            HasVersionColumn = StartsAnew || _random.Next(2) == 0,
            VersionColumn = _job.Job.Value.Job.Settings.StateTtl,
        };
        _apps.Add(NewApp(_edit == Edit.Program ? _job.FormerJob.Value : _job.Job.Value));
        _hasDeaths = _faults.HasDeaths;
        // The former version did not promise to live through them.
        if (_edit == Edit.Program)
            _faults.HasDeaths = false;
    }

    /// <summary>The script the run is about.</summary>
    public string Script => _job.Job.Value.Job.Script.Text;

    private bool StartsAnew => _edit is Edit.Script or Edit.Topic;

    private bool HasLives => _job.Job.Value.Job.Settings.StateTtl is not null;

    /// <summary>Runs to rest; null where the table is right, else how it differs.</summary>
    public string? Run()
    {
        // A stream goes on long after things went wrong, for one group alone: what others lost then is not read again at the end.
        var isStream = !HasLives && _random.Next(3) == 0;
        if (isStream)
            (_faults.HasDeaths, _faults.HasDisorder) = (_faults.HasDeaths || _edit != Edit.Program, _random.Next(2) == 0);
        var bursts = isStream ? _random.Next(10, 16) : HasLives ? _random.Next(2, 6) : _random.Next(1, 4);
        _pulseAt = _clock.Now + TimeSpan.FromSeconds(_random.Next(60));
        for (var burst = 0; burst < bursts; burst++)
        {
            var began = _clock.Now;
            _burst = burst;
            Produce(isStream && burst > 0 ? 4 : HasLives || burst > 0 ? 8 : 30, isStream && burst > 0);
            if (_pulseAt > _clock.Now + PulseEvery)
                _pulseAt = _clock.Now + TimeSpan.FromSeconds(_random.Next(60));
            // Short for some: what is read again at the end brings its rows again, and would heal what went wrong before.
            if (!isStream || burst == 0)
                _faultsUntil = began + TimeSpan.FromSeconds(_random.Next(2, isStream ? 120 : 400));
            var isEnd = burst == bursts - 1;
            var isFar = HasLives && _random.Next(2) == 0;
            if (burst == 0)
                _lives.Add(0);
            if (!isEnd)
                _lives.Add(isFar ? _lives[^1] + 1 : _lives[^1]);
            if (isEnd || HasLives)
                RunToRest();
            if (isEnd)
                break;
            RunUntil(
                isFar ? _clock.Now + JobSpec.TimeToLive * (2.5 + _random.NextDouble())
                : HasLives ? Latest(_clock.Now, began + JobSpec.TimeToLive * (0.2 + (0.4 * _random.NextDouble())))
                : _clock.Now + TimeSpan.FromSeconds(_random.Next(isStream ? 55 : 900)));
        }
        if (_trace is not null)
            foreach (var line in _apps[^1].Entities.Seen().Concat(_topic.Events.Select(e => $"burst {e.Burst}: {e.Event}")))
                _trace(line);
        return Difference();
    }

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    // What waits for a confirmation for ever, and has told all, does no harm: the table decides.
    private void RunToRest()
    {
        var rest = DateTimeOffset.MaxValue;
        while (_clock.Now <= _faultsUntil + LongestRepair)
        {
            if (_clock.Now < _faultsUntil || _apps[^1].HasUnread)
                rest = _clock.Now + ShortestRest;
            else if (_clock.Now >= rest && _editAt is null && !_apps[^1].IsRewriting && _apps[^1].Entities.IsAtRest && !_apps.Exists(a => a.Entities.IsBusy))
                return;
            Step(_clock.Now + PulseEvery);
        }
    }

    private void RunUntil(DateTimeOffset until)
    {
        while (_clock.Now < until)
            Step(until);
    }

    private void Step(DateTimeOffset until)
    {
        _faults.IsActive = _clock.Now < _faultsUntil;
        if (_editAt <= _clock.Now)
        {
            _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} another {_edit}");
            _editAt = null;
            Change();
        }
        if (_pulseAt <= _clock.Now)
        {
            // A pulse that finds nothing to do is not worth the time.
            var isIdle = !_faults.IsActive && !_apps[^1].IsRewriting && !_apps[^1].HasUnread && _clock.Now > _faultsUntil + ShortestRest && _apps[^1].Entities.IsAtRest;
            _apps[^1].Pulse();
            _pulseAt = _clock.Now + (isIdle ? PulseEvery * 15 : PulseEvery);
        }
        foreach (var app in _apps)
            app.Entities.Deliver();
        var reader = _faults.IsActive && _edit != Edit.Topic ? _apps[_random.Next(_apps.Count)] : _apps[^1];
        var busy = _apps[_random.Next(_apps.Count)];
        if (!busy.Entities.IsBusy)
            busy = _apps.Find(a => a.Entities.IsBusy);
        if (_random.Next(100) < (reader.HasUnread ? 20 : _faults.IsActive ? 2 : 0))
            reader.Ingest();
        else if (busy is not null)
            busy.Entities.Work();
        else if (!reader.HasUnread)
        {
            var next = _apps.Select(a => a.Entities.NextAt ?? until).Append(_pulseAt).Append(_editAt ?? until).Append(_clock.Now < _faultsUntil ? _faultsUntil : until).Append(until).Min();
            _clock.Now = Latest(next, _clock.Now.AddMilliseconds(1));
            return;
        }
        else
            _clock.Now += TimeSpan.FromMilliseconds(_random.Next(5000));
        _clock.Now += TimeSpan.FromMilliseconds(_random.Next(30));
    }

    private void Produce(int most, bool isOfOneGroup)
    {
        _trace?.Invoke($"{_clock.Now:HH:mm:ss.fff} burst {_burst}");
        _topic.Produce(_burst, _clock.Now, HasLives ? [.. Event.Keepers(_random)] : [], most, isOfOneGroup);
    }

    private void Change()
    {
        switch (_edit)
        {
            case Edit.Script:
                _apps.Add(NewApp(_job.EditedJob.Value));
                break;
            case Edit.Topic:
                _topic.MakeAnew();
                Produce(30, isOfOneGroup: false);
                _apps.Add(NewApp(_job.NextJob.Value));
                break;
            case Edit.Output:
                // Late for some: what is read again when a process starts brings its rows again.
                _faultsUntil = Latest(_faultsUntil, _clock.Now + TimeSpan.FromSeconds(_random.Next(200)));
                _apps[^1].Start(_job.RewrittenJob!.Value);
                break;
            case Edit.Program:
                _faults.HasDeaths = _hasDeaths;
                _apps[^1].Start(_job.Job.Value);
                break;
        }
    }

    private App NewApp(DurableJob job) => new(
        job, _topic, _random, _faults, _clock, _letters, new Entities(job, _random, _faults, _clock, _table, _letters, _mistakes, _trace), _bug, _trace);

    private string? Difference()
    {
        var isAnew = _apps.Count > 1;
        var spec = (_editAt is null ? _edit : Edit.None) switch { Edit.Script => _job.EditedSpec, Edit.Output => _job.RewrittenSpec!, _ => _job.Spec };
        var lives = _topic.Events.GroupBy(e => _lives[e.Burst], e => e.Event).OrderBy(g => g.Key).ToList();
        var rows = spec.Table(lives);
        var expected = new SortedSet<string>(rows.Values.OfType<string>(), StringComparer.Ordinal);
        var actual = new SortedSet<string>(_table.Rows.Select(Table.Line), StringComparer.Ordinal);
        if (_table.RefusedKey is { } refused)
        {
            // What the database refuses for good is a dead letter, and its row is as it was; the others must be right all the same.
            bool IsRefused(string line) => spec.KeyOf(line).Replace(" | ", "|", StringComparison.Ordinal) == refused;
            expected.RemoveWhere(IsRefused);
            actual.RemoveWhere(IsRefused);
        }
        if (isAnew)
            // What only the former job makes stays; a row that is deleted leaves no version behind that would keep the former job's from coming again.
            actual.RemoveWhere(line => !rows.TryGetValue(spec.KeyOf(line), out var row) || row is null);

        var events = _topic.Events.Select(e => e.Event).ToList();
        var letters = spec.DeadLetters(events);
        if (_apps.Select(a => a.Entities.Mismatch).FirstOrDefault(m => m is not null) is { } mismatch)
            return mismatch;
        if (expected.SetEquals(actual) && (isAnew || letters == _letters.Records.Count))
            return null;
        return $"missing:\n  {string.Join("\n  ", expected.Except(actual))}\nwrong:\n  {string.Join("\n  ", actual.Except(expected))}\ndead letters: {_letters.Records.Count}, expected {letters}";
    }
}
