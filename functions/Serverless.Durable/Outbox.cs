using System.Globalization;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>
/// A part of a sink's output: takes rows, and when its timer says so has them written. One timer is on its way at most, and always one while there is
/// anything to do.
/// </summary>
public sealed class Outbox
{
    private readonly DurableJob _job;
    private readonly int _part;
    private readonly string _key;
    private readonly EntityKeys _keys;
    private readonly TimeSpan _interval;
    private readonly DurableTimes _times;
    private readonly OutboxState _state;
    private readonly Output _output;
    private readonly ICollection<Signal> _signals;
    private readonly CellEviction _eviction;
    private long _rowBytes; // taken since the state was opened
    private readonly int? _half; // of what fits into the state, as JSON
    private readonly long _oldest = long.MinValue; // the first epoch of which rows are taken

    /// <summary>Opens it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="part">The part.</param>
    /// <param name="interval">How long rows may be held back to be written together.</param>
    /// <param name="state">The entity's state; changed by <see cref="Close"/>.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    public Outbox(DurableJob job, int part, TimeSpan interval, OutboxState state, ICollection<Signal> signals)
    {
        (_job, _part, _interval, _times, _half, _state, _signals) = (job, part, interval, job.Times, job.Hub.HalfOfState, state, signals);
        (_keys, _eviction) = (new EntityKeys(job), new CellEviction(job));
        _key = _keys.OfOutput(part);
        _output = new Output(Limits(job)) { Former = state.Former };
        if (state.Output is { } bytes)
            _output.Read(bytes);
        if (job.Generation.Since is null)
            return;
        // Rows in a former form are no rows of this sink, and every row is written again.
        _oldest = job.Generation.DeleteEpoch.ToUnixTimeMilliseconds();
        if (state.Epoch == job.Compiled.Epoch)
            return;
        state.Epoch = job.Compiled.Epoch;
        _output.DropBefore(_oldest);
        if (_output.Failures.Count == 0)
            state.FailedSince = null;
    }

    /// <summary>Whether the last visit to the sink failed: the next is a retry.</summary>
    public bool HasFailed => _state.Attempts > 0;

    /// <summary>The rows waiting.</summary>
    public int Pending => _output.Pending;

    /// <summary>
    /// The limits of a part: the state travels with every batch of operations, and must stay far below <c>maxGrpcMessageSizeInBytes</c>. Where deltas are added up, what is
    /// written is not remembered: every row is made of the sum.
    /// </summary>
    public static OutputLimits Limits(DurableJob job) => new(10_000, job.Hub.StateBytes / 8 ?? 4 << 20, job.Stages is null ? 20_000 : 0, (long)job.Job.Settings.DedupHorizon.TotalMilliseconds)
    {
        MaxRememberedBytes = job.Hub.StateBytes / 5 ?? long.MaxValue,
        TimeToLive = (long)(job.Job.Settings.StateTtl?.TotalMilliseconds ?? 0),
    };

    /// <summary>Takes rows; if the state would outgrow its task hub, none: nobody confirms them, so their sender sends them again.</summary>
    public void Add(RowsMessage message, DateTimeOffset now, string tick)
    {
        if (message.From is not null && !HasRoomFor(message.Rows.Length))
        {
            SignalPressure(now);
            return;
        }
        _rowBytes += message.Rows.Length;
        var before = Failures();
        var answer = GroupAnswer.Read(message.Rows);
        if (_oldest > long.MinValue)
            answer = new GroupAnswer([.. answer.Rows.Where(r => r.Version.Epoch >= _oldest)], [.. answer.Failures.Where(f => f.Version.Epoch >= _oldest)], 0);
        // What deltas come to says so itself; such rows are of a former script, whose former rows are deleted.
        if (_job.Stages is { } stages)
            answer = stages.Use(runner => Sums(runner) is var sums ? answer with { Rows = [.. answer.Rows.Where(r => !sums.HasRow(r.Key))] } : answer);
        _output.Add(answer);
        Watch(before, now);
        // Where nothing waits, the rows have been written before, and are measured.
        if (_output.Pending > 0)
            _state.Oldest = _state.Oldest is null || message.Oldest < _state.Oldest ? message.Oldest : _state.Oldest;
        if (message is { From: { } from, Id: { } id })
            (_state.Owed ??= new Confirmations()).Received(from, id, message.Replaces);
        if (_output.Pending > 0 || _output.Failures.Count > 0)
            SetTimer(now + _interval, tick, now);
        SignalPressure(now);
    }

    /// <summary>Returns the keys of the sink that deltas change.</summary>
    public IEnumerable<string> KeysOf(DeltasMessage message) =>
        _job.Stages!.Use(runner => Sums(runner).KeysOf(message.Parts.SelectMany(p => StageRowCodec.Read(p.Rows)).Select(r => r.Row)).ToList());

    /// <summary>Returns the keys that rows are of, of a job of several stages.</summary>
    public static IEnumerable<string> KeysOf(RowsMessage message) => GroupAnswer.Read(message.Rows).Rows.Select(r => r.Key);

    /// <summary>Begins to write all rows of a job of several stages again, as they now are, once for each demand: those that the state holds, then page by page those in the key store.</summary>
    public void Rewrite(RewriteMessage message, DateTimeOffset now)
    {
        if (message.Epoch != _job.Compiled.Epoch || _state.Rewritten?.Asked >= message.Asked || _state.Rewriting?.Asked >= message.Asked)
            return;
        _state.Rewriting = new Rewriting(message.Asked, message.Epoch, null, 0, 0);
        Rewrite(_state.Held, isLast: _state.Evictions == 0, now);
    }

    /// <summary>What it has done of that if the next page is due: no row waits any more. Null if it is not.</summary>
    public Rewriting? NextPage => _output.Pending == 0 ? _state.Rewriting : null;

    /// <summary>Writes the rows of a page again.</summary>
    public void Rewrite(KeyPage page, DateTimeOffset now)
    {
        _state.Rewriting = _state.Rewriting! with { After = page.Next };
        Rewrite(page.Values.Select(v => KeyValuePair.Create(v.Key, _state.Find(v.Key) ?? v.Value)), isLast: page.Next is null, now);
    }

    /// <summary>Adds deltas of a job of several stages; none if the state would outgrow its task hub.</summary>
    /// <param name="message">The deltas.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for timers that may be set.</param>
    public void Add(DeltasMessage message, DateTimeOffset now, string tick)
    {
        var size = message.Parts.Sum(p => (long)p.Rows.Length);
        if (!HasRoomFor(size))
        {
            SignalPressure(now);
            return;
        }
        _rowBytes += size;
        var before = Failures();
        var added = AddedDeltas();
        _job.Stages!.Use(runner =>
        {
            var sums = Sums(runner);
            foreach (var part in message.Parts)
            {
                var (rows, _) = StageCell.New(new DeltasMessage([part]), added, now);
                var (answer, recovered) = sums.Add(rows, string.Create(CultureInfo.InvariantCulture, $"{_part}-{part.Source}-{part.Partition}-{part.First}"), now);
                _output.Add(answer);
                foreach (var key in recovered)
                    _output.Recover(key);
            }
            // If the key store knows of keys, those that are forgotten would be there again.
            if (_state.Evictions == 0)
                foreach (var key in sums.Forget(_state.Entries, now))
                    _state.Entries.Remove(key);
            _state.Sums = sums.Write();
            return true;
        });
        _state.Added = added.Write();
        var places = new StagePlaces(_job);
        _state.Owed = StageCell.Owe(_state.Owed, message, places.OfOutput(_part), places);
        Watch(before, now);
        if (_output.Pending > 0 || _output.Failures.Count > 0)
            SetTimer(now + _interval, tick, now);
        SignalPressure(now);
    }

    /// <summary>Asks for offsets of a copy that nothing has covered.</summary>
    public void FindMissing(PulseMessage message, DateTimeOffset now)
    {
        if (message.Positions is { } positions)
            _state.Missing = MissingOffsets.Find(_state.Missing, AddedDeltas(), positions, _job, (EntityKind.Output, _key), now, _signals);
    }

    /// <summary>Does what is due by a timer but the writing, and says whether that is due.</summary>
    public bool IsDue(TickMessage message)
    {
        _state.Owed?.Tick(message, _job.Job.Dataflow is null ? EntityKind.Group : EntityKind.Stage, _signals);
        CellEviction.Tick(_state, message);
        if (_state.Timer?.Id != message.Id)
            return false;
        _state.Timer = null;
        return true;
    }

    /// <summary>The rows to write, those of one visit: an operation is not to take minutes.</summary>
    public IReadOnlyList<RowChange> Take(int most) => [.. _output.Take().Take(most)];

    /// <summary>Says that rows are written, or set aside.</summary>
    public void Written(IEnumerable<RowChange> rows, DateTimeOffset now)
    {
        _state.Attempts = 0;
        _output.Acknowledge(rows, now.ToUnixTimeMilliseconds());
    }

    /// <summary>
    /// The earliest timestamp of the records behind the rows that have been written since it was asked last, in milliseconds since 1970; null while
    /// rows wait, as some of them may be that record's, and where none has one.
    /// </summary>
    public long? TakeOldest()
    {
        if (_output.Pending > 0)
            return null;
        var oldest = _state.Oldest;
        _state.Oldest = null;
        return oldest;
    }

    /// <summary>Says that the sink could not be written to.</summary>
    public void Failed() => _state.Attempts++;

    /// <summary>The rows that have failed to be made for so long that they are the last word: they become dead letters.</summary>
    public IReadOnlyCollection<FailedRow> LastingFailures(DateTimeOffset now) =>
        _state.FailedSince is { } since && now - since >= _times.FailurePatience ? _output.Failures : [];

    /// <summary>Says that <see cref="LastingFailures"/> are told.</summary>
    public void ForgetFailures()
    {
        _state.FailedSince = null;
        _output.TakeFailures();
    }

    /// <summary>Sets timers for what is left to do, and again where one is overdue.</summary>
    public void SetTimers(DateTimeOffset now, string tick)
    {
        SetTimer(now, tick, now);
        _state.Owed?.SetTimer(tick, now, _times, Send);
        if (_job.Stages is null && _job.HotBytes is { } most && _state.Evict is null && _output.RememberedBytes * 4 / 3 > most)
            WrittenSegment.LetGo(_state, _output, Limits(_job), now.ToUnixTimeMilliseconds());
        _eviction.SetTimer(_state, now, tick, Send);
        if (_state.Owed is { IsEmpty: true })
            _state.Owed = null;
    }

    /// <summary>Says whether it is full, where that has to be said.</summary>
    public void SignalPressure(DateTimeOffset now)
    {
        if (_output.IsFull ? _state.FullUntil is { } until && until - now > _times.PressureLasts / 2 : _state.FullUntil is null)
            return;
        _state.FullUntil = _output.IsFull ? now + _times.PressureLasts : null;
        _signals.Add(new Signal(EntityKind.Job, _keys.OfJob, Operations.Raise, new PressureMessage(_part, _state.FullUntil ?? now)));
    }

    /// <summary>Puts everything into the state; false where there is nothing to keep.</summary>
    public bool Close()
    {
        var writer = new StateWriter();
        _output.Write(writer);
        _state.Output = writer.Written.ToArray();
        _state.Waiting = _output.Pending;
        return _output.Pending > 0 || _output.Failures.Count > 0 || _output.Remembered > 0 || _state.Evictions > 0 || _state.Timer is not null || _state.FullUntil is not null || _state.Owed is not null || _state.Added is not null || _state.Missing is not null || _state.Rewriting is not null;
    }

    private SinkSums Sums(StageRunner runner)
    {
        var sums = new SinkSums(runner, _state.Find, _state.Put) { Epoch = _job.Compiled.Epoch };
        if (_state.Sums is { } known)
            sums.Read(known);
        return sums;
    }

    private void Rewrite(IEnumerable<KeyValuePair<string, byte[]>> sums, bool isLast, DateTimeOffset now)
    {
        var before = Failures();
        var answer = _job.Stages!.Use(runner => Sums(runner).Rows(sums, now));
        _output.Add(answer);
        Watch(before, now);
        var done = _state.Rewriting! with { Rows = _state.Rewriting.Rows + answer.Rows.Count };
        (_state.Rewriting, _state.Rewritten) = isLast ? (null, new Rewritten(done.Asked, done.Epoch, now, done.Rows, 0)) : (done, _state.Rewritten);
    }

    private StageOffsets AddedDeltas()
    {
        var added = new StageOffsets(_job.Compiled);
        if (_state.Added is { } bytes)
            added.Read(bytes);
        return added;
    }

    private void SetTimer(DateTimeOffset writeAt, string tick, DateTimeOffset now)
    {
        var wanted = _state.Attempts > 0 ? (_state.Timer is null ? now + Pause() : now)
            : _output.Pending > 0 ? writeAt
            : _state.Rewriting is not null ? now
            : _state.FailedSince is { } since ? since + _times.FailurePatience
            : (DateTimeOffset?)null;
        _state.Timer = DueTime.Keep(_state.Timer, wanted, tick, now, _times.Grace, Send);
    }

    private void Send(DueTime due) => _signals.Add(new Signal(EntityKind.Output, _key, Operations.Tick, new TickMessage(due.Id), due.At));

    private TimeSpan Pause() => new Backoff(_times.FirstRetry, _times.LongestRetry).After(_state.Attempts, (_part + 1.0) / OutboxPartition.Count);

    // What is large goes alone.
    private bool HasRoomFor(long bytes) => _half is not { } half || (_output.Pending == 0 && _output.Failures.Count == 0 && _state.Owed is null)
        || ((_state.Output?.Length ?? 0) + (_state.Sums?.Length ?? 0) + _rowBytes + bytes) * 4L / 3 + _state.EntryBytes + (_state.Owed?.Size ?? 0) <= half;

    private string Failures() => string.Join('\n', _output.Failures.Select(f => $"{f.Key} {f.Version}").Order(StringComparer.Ordinal));

    private void Watch(string before, DateTimeOffset now)
    {
        if (_output.Failures.Count == 0)
            _state.FailedSince = null;
        else if (Failures() != before || _state.FailedSince is null)
            _state.FailedSince = now;
    }
}
