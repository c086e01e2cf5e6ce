using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>
/// What an entity of a stage does with a message: state and message in, state and signals out. It adds each delta once, by its number, and sends nothing but what its stored
/// state holds: what an execution makes is open at first, and is added up until a timer comes; then it is sealed and numbered, and sent when the next timer comes, by which
/// time the state with the seal is stored, or the timer is not the one that the stored state knows. A seal is kept until its receiver has confirmed it. Done again
/// in another order, or not at all, it comes to the same.
/// </summary>
public sealed class StageCell
{
    private readonly DurableJob _job;
    private readonly StageRunners _runners;
    private readonly StagePlaces _places;
    private readonly CellEviction _eviction;
    private readonly StageFrontier _frontier;

    /// <summary>Makes one.</summary>
    /// <param name="job">A job of several stages.</param>
    public StageCell(DurableJob job)
    {
        (_job, _places, _runners, _eviction) = (job, new StagePlaces(job), job.Stages!, new CellEviction(job));
        _frontier = new StageFrontier(_places);
    }

    /// <summary>Returns the keys whose states deltas change.</summary>
    /// <param name="state">The entity's state.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="message">The deltas.</param>
    public IEnumerable<string> KeysOf(StageCellState state, string key, DeltasMessage message)
    {
        var place = _places.Parse(key);
        return KeysOf(state, place, [.. message.Parts.SelectMany(p => StageRowCodec.Read(p.Rows)).Select(r => r.Row).Where(r => r.Input == 0 || !HoldsBack(place))]);
    }

    /// <summary>Returns the keys whose states change when a timer comes.</summary>
    /// <inheritdoc cref="KeysOf(StageCellState, string, DeltasMessage)"/>
    public IEnumerable<string> KeysOf(StageCellState state, string key, TickMessage message)
    {
        var place = _places.Parse(key);
        return state.Timer?.Id == message.Id && HoldsBack(place) ? KeysOf(state, place, RowsOf(_frontier.Reached(state, place))) : [];
    }

    /// <summary>Adds deltas.</summary>
    /// <param name="state">The entity's state; changed, unless it throws.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="message">The deltas.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for timers that may be set.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    /// <returns>The rows that had been added before.</returns>
    public int Apply(StageCellState state, string key, DeltasMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var place = _places.Parse(key);
        var added = AddedOf(state);
        var times = HoldsBack(place) ? new List<(DeltaPart, NumberedRow)>() : null;
        var (rows, duplicates) = New(message, added, now, times);
        Change(state, place, rows);
        state.Added = added.Write();
        if (times is { Count: > 0 })
            StageFrontier.Keep(state, times, all => _runners.Use(runner => runner.Newest(_places.StageOf(place), all)));
        if (state.Channels is not null)
            StageFrontier.Settle(state, added);
        state.Owed = Owe(state.Owed, message, place, _places);
        SetTimers(state, key, now, tick, signals);
        return duplicates;
    }

    /// <summary>Takes note of how far a sender is.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Advance(StageCellState state, string key, FrontierMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        StageFrontier.Take(state, message);
        StageFrontier.Settle(state, AddedOf(state));
        SetTimers(state, key, now, tick, signals);
    }

    /// <summary>
    /// Does what is due by a timer: sends what the last one sealed, writes windows that the watermark has passed, seals what is open, confirms what is stored.
    /// </summary>
    /// <inheritdoc cref="Apply"/>
    public void Tick(StageCellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        state.Owed?.Tick(message, EntityKind.Stage, signals);
        CellEviction.Tick(state, message);
        if (state.Timer?.Id == message.Id)
        {
            var place = _places.Parse(key);
            state.Timer = null;
            Send(state, key, now, isAgain: false, signals);
            if (HoldsBack(place) && _frontier.Reached(state, place) is { Count: > 0 } reached)
            {
                Change(state, place, RowsOf(reached));
                StageFrontier.Passed(state, reached);
            }

            Seal(state);
            _frontier.Mark(state, place);
        }

        SetTimers(state, key, now, tick, signals);
    }

    /// <summary>Forgets what receivers have stored.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Confirm(StageCellState state, string key, ConfirmMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var ids = message.Ids.ToHashSet();
        state.Sealed.RemoveAll(s => ids.Contains(s.Id));
        SetTimers(state, key, now, tick, signals);
    }

    /// <summary>Sets again what is overdue, sends again what nobody has confirmed, and asks for offsets that nothing has covered.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Pulse(StageCellState state, string key, PulseMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        // With a timer set, some of what is sealed may not be stored.
        if (state.Timer is null)
            Send(state, key, now, isAgain: true, signals);
        // Without positions nothing new is known of what is missing.
        if (message.Positions is { } positions)
        {
            var added = AddedOf(state);
            state.Missing = MissingOffsets.Find(state.Missing, added, positions, _job, (EntityKind.Stage, key), now, signals);
            if (_frontier.Concerns(_places.Parse(key)))
                StageFrontier.Cover(state, added, positions);
        }

        SetTimers(state, key, now, tick, signals);
    }

    /// <summary>Returns the rows of a message that have not been added before, and takes note of what it covers.</summary>
    /// <param name="message">The message.</param>
    /// <param name="added">What has been added; changed.</param>
    /// <param name="now">The clock.</param>
    /// <param name="times">Gets the rows of all inputs but the first, where these say how far time is; null elsewhere.</param>
    internal static (List<StageRow> Rows, int Duplicates) New(DeltasMessage message, StageOffsets added, DateTimeOffset now, ICollection<(DeltaPart Part, NumberedRow Row)>? times = null)
    {
        var rows = new List<StageRow>();
        var duplicates = 0;
        foreach (var part in message.Parts)
        {
            foreach (var row in StageRowCodec.Read(part.Rows))
            {
                if (added[part.Source].Covers(part.Partition, row.Number))
                    duplicates++;
                else if (times is not null && row.Row.Input > 0)
                    times.Add((part, row));
                else
                    rows.Add(row.Row);
            }

            added.Add(part.Source, part.Partition, part.First, part.Last, now);
        }

        return (rows, duplicates);
    }

    /// <summary>Takes note that deltas of channels are to be confirmed, those that come again, too.</summary>
    internal static Confirmations? Owe(Confirmations? owed, DeltasMessage message, int place, StagePlaces places)
    {
        foreach (var part in message.Parts)
            if (part.Source == StageOffsets.Channels)
                (owed ??= new Confirmations()).Received(places.EntityOf(part.Partition).Key, SealedDelta.IdOf(place, part.First), null);
        return owed;
    }

    private bool HoldsBack(int place) => _places.Plan[_places.StageOf(place)].HoldsBack;

    private static List<StageRow> RowsOf(IEnumerable<DeltaPart> parts) => [.. parts.SelectMany(p => StageRowCodec.Read(p.Rows)).Select(r => r.Row)];

    private static byte[]? Load(StageCellState state, byte[] key) => state.Find(Convert.ToBase64String(key)) is { Length: > 0 } bytes ? bytes : null;

    private IEnumerable<string> KeysOf(StageCellState state, int place, IReadOnlyList<StageRow> rows) =>
        _runners.Use(runner => runner.KeysOf(_places.StageOf(place), rows, k => Load(state, k))).Select(Convert.ToBase64String);

    // What it comes to is open.
    private void Change(StageCellState state, int place, IReadOnlyList<StageRow> rows)
    {
        if (rows.Count == 0)
            return;
        var changed = new List<(string Key, byte[] State)>();
        var made = _runners.Use(runner => runner.Apply(_places.StageOf(place), rows, k => Load(state, k), (k, bytes) => changed.Add((Convert.ToBase64String(k), bytes))));
        foreach (var (k, bytes) in changed)
        {
            if (bytes.Length == 0)
                state.Remove(k);
            else
                state.Put(k, bytes);
        }

        foreach (var receiver in made.SelectMany(_places.Of, (row, to) => (row, to)).GroupBy(r => r.to, r => r.row.Row))
            Open(state, receiver.Key, receiver);
    }

    private StageOffsets AddedOf(StageCellState state)
    {
        var added = new StageOffsets(_job.Compiled);
        if (state.Added is { } bytes)
            added.Read(bytes);
        return added;
    }

    private static void Open(StageCellState state, int to, IEnumerable<StageRow> rows)
    {
        if (state.Open.TryGetValue(to, out var open))
            rows = StageRowCodec.Read(open).Select(r => r.Row).Concat(rows);
        var sum = StageRowCodec.Sum(rows);
        if (sum.Count == 0)
            state.Open.Remove(to);
        else
            state.Open[to] = StageRowCodec.Write([.. sum.Select(r => new NumberedRow(0, r))]);
    }

    private static void Seal(StageCellState state)
    {
        foreach (var (to, open) in state.Open.OrderBy(o => o.Key))
            foreach (var rows in Chunks.BySize(StageRowCodec.Read(open), r => r.Row.Row.Length + 20, MessageLimits.MaxBytes))
            {
                var number = state.Numbers.GetValueOrDefault(to) + 1;
                state.Numbers[to] = number;
                state.Sealed.Add(new SealedDelta(to, number, StageRowCodec.Write([.. rows.Select(r => r with { Number = number })]), null));
            }

        state.Open.Clear();
    }

    private void Send(StageCellState state, string key, DateTimeOffset now, bool isAgain, ICollection<Signal> signals)
    {
        var from = _places.Parse(key);
        for (var i = 0; i < state.Sealed.Count; i++)
        {
            var delta = state.Sealed[i];
            if (now - delta.SentAt < _job.Times.ResendAfter)
                continue;
            var (kind, to) = _places.EntityOf(delta.To);
            signals.Add(new Signal(
                kind,
                to,
                kind == EntityKind.Output ? Operations.Add : Operations.Apply,
                new DeltasMessage([new DeltaPart(StageOffsets.Channels, from, delta.Number, delta.Number, delta.Rows)])));
            state.Sealed[i] = delta with { SentAt = now };
        }

        if (state.Mark is not { } mark || (mark.IsSent && !isAgain))
            return;
        foreach (var (to, number) in mark.Numbers)
            signals.Add(new Signal(EntityKind.Stage, _places.EntityOf(to).Key, Operations.Advance, new FrontierMessage(from, number, mark.Reached)));
        state.Mark = mark with { IsSent = true };
    }

    // Whether it is farther than it has written or told.
    private bool HasNews(StageCellState state, int place) =>
        state.Mark is { IsSent: false } || (_frontier.Concerns(place) && (_frontier.Reached(state, place).Count > 0 || _frontier.IsBeyondMark(state, place)));

    private void SetTimers(StageCellState state, string key, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        void SendTick(DueTime due) => signals.Add(new Signal(EntityKind.Stage, key, Operations.Tick, new TickMessage(due.Id), due.At));
        state.Timer = DueTime.Keep(state.Timer, state.Open.Count > 0 || state.Sealed.Exists(s => s.SentAt is null) || HasNews(state, _places.Parse(key)) ? now : null, tick + "s", now, _job.Times.Grace, SendTick);
        state.Owed?.SetTimer(tick, now, _job.Times, SendTick);
        _eviction.SetTimer(state, now, tick, SendTick);
        if (state.Owed is { IsEmpty: true })
            state.Owed = null;
    }
}
