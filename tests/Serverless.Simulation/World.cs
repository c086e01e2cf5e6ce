using System.Globalization;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Simulation;

/// <summary>
/// One run: partitions, two workers of which one may be a zombie, entities with durable state, a database, and everything that goes wrong between
/// them. Batches are cut anew and read again; messages are repeated and overtake each other; workers and entities crash between any two steps, after
/// some of their messages went out, and entities do their work again in another order and in other batches; the database is away for a while,
/// refuses a row for good, or is written to just before the acknowledgement is lost. At rest the table must equal the oracle.
/// </summary>
internal sealed class World
{
    /// <summary>How far apart two deliveries may be, in steps; a step is a millisecond.</summary>
    public const int Horizon = 120;

    private const int Parts = 2;

    private readonly Random _random;
    private readonly Bug _bug;
    private readonly JobSpec _spec;
    private readonly CompiledJob _job;
    private readonly RowBuilder _rows;
    private readonly Event?[][] _records;
    private readonly long[] _position;
    private readonly int _faultySteps;
    private readonly Ingestor[] _workers;
    private readonly Dictionary<Address, List<Mail>> _mail = [];
    private readonly Dictionary<Address, byte[]> _state = [];
    private readonly Dictionary<string, RowChange> _table = [];
    private readonly HashSet<(int, long)> _deadLetters = [];
    private readonly Dictionary<string, object?[]> _sent = []; // what a row last said, for the mistake of passing on differences
    private readonly Action<string>? _trace;
    private long _now;
    private long _sinkIsBackAt;
    private string? _refusedKey;
    private bool _wasRefused;

    /// <summary>Makes the world of a seed.</summary>
    public World(int seed, SimulatedJobs jobs, Bug bug, Action<string>? trace = null)
    {
        (_random, _bug, _trace) = (new Random(seed), bug, trace);
        (_spec, _job) = jobs.Get(seed);
        _rows = new RowBuilder(_job);
        _records = new Event?[_random.Next(1, 4)][];
        for (var p = 0; p < _records.Length; p++)
            _records[p] = [.. Enumerable.Range(0, _random.Next(1, 30)).Select(o => _random.Next(10) == 0 ? null : Event.Random(_random, p, o))];
        _position = new long[_records.Length];
        // Short for some: what is read again at the end brings its rows again, and would heal what went wrong before.
        _faultySteps = _random.Next(20, 400);
        _workers = [new Ingestor(_job, "topic"), new Ingestor(_job, "topic")];
    }

    /// <summary>The script the run is about.</summary>
    public string Script => _job.Job.Script.Text;

    /// <summary>Runs to rest; null where the table is right, else how it differs.</summary>
    public string? Run()
    {
        for (; ; _now++)
        {
            var faults = _now < _faultySteps;
            var unread = _records.Zip(_position).Any(p => p.Second < p.First.Length);
            if (_random.Next(100) < (unread ? 30 : faults ? 2 : 0))
                Ingest(_random.Next(_workers.Length), faults);
            if (Next() is { } busy)
                Execute(busy, faults);
            else if (!faults && !unread)
                return Difference();
        }
    }

    /// <summary>What has been on its way for long comes first: nothing is later than the horizon.</summary>
    private Address? Next()
    {
        var busy = _mail.Where(m => m.Value.Count > 0).ToList();
        if (busy.Count == 0)
            return null;
        var late = busy.Where(m => m.Value.Any(x => _now - x.SentAt > Horizon / 2)).Select(m => m.Key).ToList();
        return late.Count > 0 ? late[_random.Next(late.Count)] : busy[_random.Next(busy.Count)].Key;
    }

    private void Ingest(int worker, bool faults)
    {
        var batch = new List<Record>();
        var read = new List<(int Partition, long First, long Next)>();
        for (var p = 0; p < _records.Length; p++)
        {
            if (_random.Next(10) < 4)
                continue;
            var first = _position[p];
            if (first >= _records[p].Length || _random.Next(5) == 0)
                first = _random.NextInt64(Math.Min(first, _records[p].Length - 1) + 1); // a replay, or a zombie
            var next = Math.Min(_records[p].Length, first + _random.Next(1, 8));
            for (var o = first; o < next; o++)
                batch.Add(new Record(p, o, _records[p][o]?.Timestamp ?? 0, _records[p][o]?.ToJson()));
            read.Add((p, first, next));
        }

        var ingested = _workers[worker].Process(batch);
        foreach (var letter in ingested.DeadLetters)
            _deadLetters.Add((letter.Partition!.Value, letter.Offset!.Value));
        var messages = ingested.Groups.ToArray();
        _random.Shuffle(messages);
        var isStored = !faults || _random.Next(5) > 0;
        var writer = new StateWriter();
        foreach (var message in isStored ? messages : messages.Take(_random.Next(messages.Length + 1)))
        {
            writer.Clear();
            message.Write(writer);
            Send(new Address(message.Shard < 0 ? Stage.Group : Stage.Shard, message.Key, message.Shard), new Mail(_now, Slices: writer.Written.ToArray()), faults ? 15 : 0);
        }

        _trace?.Invoke($"{_now}: worker {worker} reads {string.Join(", ", read.Select(r => $"{r.Partition}@{r.First}-{r.Next - 1}"))}{(isStored ? "" : " and crashes")}");
        if (!isStored)
        {
            if (_random.Next(2) == 0)
                _workers[worker] = new Ingestor(_job, "topic");
            return;
        }

        _workers[worker].Stored();
        foreach (var (partition, first, next) in read)
            if (first <= _position[partition])
                _position[partition] = Math.Max(_position[partition], next);
    }

    private void Send(Address to, Mail mail, int againPercent)
    {
        if (!_mail.TryGetValue(to, out var box))
            _mail.Add(to, box = []);
        box.Add(mail);
        if (_random.Next(100) < againPercent)
            box.Add(mail);
    }

    private void Execute(Address entity, bool faults)
    {
        var box = _mail[entity];
        _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(box));
        var batch = box.Take(_random.Next(1, box.Count + 1)).ToList();
        var isCrash = faults && _random.Next(4) == 0;
        _trace?.Invoke($"{_now}: {entity.Stage} {entity.Key}{(entity.Shard < 0 ? "" : $"#{entity.Shard}")} does {batch.Count} of {box.Count}{(isCrash ? " and crashes" : "")}");

        var answers = new List<(Address To, Mail Mail)>();
        var writer = new StateWriter();
        var isDone = entity.Stage == Stage.Output ? Write(batch, entity, isCrash, writer) : Apply(batch, entity, answers, writer);
        if (isCrash)
        {
            // Some messages are out, the state is not stored, the work is still to do.
            foreach (var (to, mail) in answers.Take(_random.Next(answers.Count + 1)))
                Send(to, mail, 0);
            return;
        }

        foreach (var (to, mail) in answers)
            Send(to, mail, faults ? 10 : 0);
        _state[entity] = writer.Written.ToArray();
        foreach (var mail in batch)
            if (!(faults && _random.Next(20) == 0 && _now - mail.SentAt < Horizon / 2))
                box.Remove(mail);
        if (!isDone)
            box.Add(new Mail(_now, Rows: new GroupAnswer([], [], 0))); // the output's own timer
    }

    private bool Apply(List<Mail> batch, Address entity, List<(Address, Mail)> answers, StateWriter writer)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_now + 1);
        var state = _state.GetValueOrDefault(entity);
        if (entity.Stage == Stage.Shard)
        {
            var shard = state is null ? new Shard(_job, entity.Key, entity.Shard) : Shard.Read(_job, entity.Key, entity.Shard, state);
            foreach (var mail in batch)
                if (shard.Apply(GroupSlices.Read(_job, entity.Key, entity.Shard, mail.Slices).Slices.Span, now, out _) is { } summary)
                    answers.Add((new Address(Stage.Group, entity.Key, -1), new Mail(_now, Summary: summary)));
            shard.Write(writer);
            return true;
        }

        var group = state is null ? new Group(_job, entity.Key) : Group.Read(_job, entity.Key, state);
        foreach (var mail in batch)
        {
            GroupAnswer answer;
            if (mail.Summary is { } summary)
            {
                group.Merge(summary, now);
                // A group may wait for more summaries before it answers, but not past the last of this visit.
                answer = mail != batch[^1] && _random.Next(2) == 0 ? new GroupAnswer([], [], 0) : group.Answer(_rows, now);
            }
            else
            {
                answer = group.Apply(GroupSlices.Read(_job, entity.Key, -1, mail.Slices).Slices.Span, _rows, now);
            }

            if (_bug == Bug.SendOnlyWhatChanged && answer.Rows.Count > 1)
                answer = answer with { Rows = [answer.Rows[0]] };
            foreach (var part in answer.Rows.GroupBy(r => OutputPart.Of(r.Key, Parts)))
                answers.Add((new Address(Stage.Output, part.Key.ToString(CultureInfo.InvariantCulture), -1), new Mail(_now, Rows: new GroupAnswer([.. part.Select(Passed)], [], 0))));
        }

        group.Write(writer);
        return true;
    }

    /// <summary>Takes rows and writes what there is; false where some rows are still to be written.</summary>
    private bool Write(List<Mail> batch, Address entity, bool isCrash, StateWriter writer)
    {
        var limits = new OutputLimits(1000, 1 << 20, _bug == Bug.ForgetWrittenVersions ? 0 : 1000, Horizon);
        var output = _bug == Bug.DropRowVersion ? new UnversionedOutput(limits) : new Output(limits);
        if (_state.GetValueOrDefault(entity) is { } state)
            output.Read(state);
        foreach (var mail in batch)
            output.Add(mail.Rows!.Value);

        if (_now < _faultySteps && _random.Next(12) == 0)
            _sinkIsBackAt = _now + _random.Next(60);
        var isAway = _now < _sinkIsBackAt;
        if (!isAway && !(isCrash && _random.Next(2) == 0))
        {
            // A crash behind this loses the acknowledgement.
            var rows = output.Take().Take(_random.Next(1, 4)).ToList();
            foreach (var row in rows)
            {
                if (_refusedKey is null && _random.Next(200) == 0)
                    _refusedKey = row.Key;
                if (row.Key == _refusedKey)
                    _wasRefused = true;
                else
                    Upsert(row);
            }

            output.Acknowledge(rows, _now);
        }

        output.Write(writer);
        return output.Pending == 0;
    }

    private RowChange Passed(RowChange change)
    {
        if (_bug != Bug.SendDifferences)
            return change;
        var before = _sent.GetValueOrDefault(change.Key);
        _sent[change.Key] = change.Values;
        return change with { Values = [.. change.Values.Select((v, i) => v is long now && before?[i] is long then && !_job.Job.Sink.PrimaryKey.Contains(i) ? now - then : v)] };
    }

    private void Upsert(RowChange row)
    {
        if (_bug == Bug.SendDifferences && _table.TryGetValue(row.Key, out var old) && !row.IsDelete)
            row = row with { Values = [.. row.Values.Select((v, i) => v is long more && old.Values[i] is long known && !_job.Job.Sink.PrimaryKey.Contains(i) ? known + more : v)] };
        _table[row.Key] = row;
    }

    private string? Difference()
    {
        var events = _records.SelectMany(r => r).OfType<Event>().ToList();
        var expected = _spec.Table(events);
        var actual = new SortedSet<string>(
            _table.Values.Where(r => !r.IsDelete).Select(r => string.Join(" | ", r.Values.Select(v => v is null ? "NULL" : Convert.ToString(v, CultureInfo.InvariantCulture)))), StringComparer.Ordinal);
        if (_wasRefused)
        {
            // What the database refuses for good is a dead letter, and its row is as it was; the others must be right all the same.
            var keys = _job.Job.Sink.PrimaryKey.Count;
            bool IsRefused(string row) => keys == 0 || string.Join('|', row.Split(" | ").Take(keys)) == _refusedKey;
            expected.RemoveWhere(IsRefused);
            actual.RemoveWhere(IsRefused);
        }

        var letters = _spec.DeadLetters(events);
        if (expected.SetEquals(actual) && letters == _deadLetters.Count)
            return null;
        return $"missing:\n  {string.Join("\n  ", expected.Except(actual))}\nwrong:\n  {string.Join("\n  ", actual.Except(expected))}\ndead letters: {_deadLetters.Count}, expected {letters}";
    }
}
