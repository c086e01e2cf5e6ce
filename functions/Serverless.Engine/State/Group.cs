using Serverless.Engine.Aggregates;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>What a group answers: its rows as they now are, for every value that the input touches, changed or not.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Failures">The rows that cannot be made as things stand.</param>
/// <param name="Duplicates">The events that had been applied before.</param>
public readonly record struct GroupAnswer(IReadOnlyList<RowChange> Rows, IReadOnlyList<FailedRow> Failures, int Duplicates)
{
    /// <summary>Writes the rows, those that cannot be made among them: the message as a durable host stores it.</summary>
    public void Write(StateWriter writer)
    {
        writer.Long(Rows.Count);
        foreach (var row in Rows)
            row.Write(writer);
        writer.Long(Failures.Count);
        foreach (var failure in Failures)
            failure.Write(writer);
    }

    /// <summary>Reads back what <see cref="Write"/> wrote.</summary>
    public static GroupAnswer Read(ReadOnlySpan<byte> message)
    {
        var reader = new StateReader(message);
        var rows = new RowChange[reader.Count()];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = RowChange.Read(ref reader);
        var failures = new FailedRow[reader.Count()];
        for (var i = 0; i < failures.Length; i++)
            failures[i] = FailedRow.Read(ref reader);
        return new GroupAnswer(rows, failures, 0);
    }
}

/// <summary>
/// One group of one job. Without a distinct split it applies its events itself; with one it merges the summaries of its shards. Pure: slices or
/// summaries in, rows out; the time comes in as data.
/// </summary>
public sealed class Group : IKeyedState
{
    internal const byte Version = 3;

    private readonly CompiledJob _compiled;
    private readonly Column[] _keys;
    private Tally? _tally;
    private SortedList<int, Cells>? _shards;
    private (int Shard, Cell Cell)? _touched; // the earliest bucket that a summary touched since the last answer
    private long _lastAt;

    /// <summary>Makes a group without events.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="key">The group's key, as <see cref="GroupSlices.Key"/> says.</param>
    public Group(CompiledJob compiled, string key)
    {
        _compiled = compiled;
        Key = key;
        _keys = KeyText.Parse(key, compiled.KeyTypes);
        Reset();
    }

    /// <inheritdoc />
    public string Key { get; }

    /// <summary>Which offsets it has seen; of a split group only its shards know.</summary>
    public AppliedOffsets? Applied => _tally?.Applied;

    /// <summary>Whether the group has had no input for longer than <c>table.exec.state.ttl</c>: it may be deleted, and starts from nothing otherwise.</summary>
    /// <param name="now">The time.</param>
    public bool IsExpired(DateTimeOffset now) => _compiled.IsExpired(_lastAt, now.ToUnixTimeMilliseconds());

    /// <summary>Applies the events that have not been applied before, and answers with the rows that the input touches.</summary>
    /// <param name="slices">The batch's slices of this group.</param>
    /// <param name="rows">Makes the rows.</param>
    /// <param name="now">The clock: for <c>CURRENT_TIMESTAMP</c>, the horizon and the time to live.</param>
    public GroupAnswer Apply(ReadOnlySpan<Slice> slices, RowBuilder rows, DateTimeOffset now)
    {
        Touch(now);
        var earliest = _tally!.Apply(slices, now.ToUnixTimeMilliseconds(), out var duplicates);
        if (earliest is null)
            return new GroupAnswer([], [], 0);
        if (_compiled.Job.Timeline is not null)
            return Answer(_tally.Cells.Running(earliest), duplicates, rows, now);

        // One row: most jobs, and the hot path.
        var (change, failure) = rows.Build(_keys, new RunningCell(_tally.Cells, earliest, earliest), now);
        return new GroupAnswer(change is null ? [] : [change], failure is null ? [] : [failure], duplicates);
    }

    /// <summary>Takes a shard's summary: of two values of one bucket the one made of more events stays. What it touches is in the next answer.</summary>
    /// <param name="summary">What the shard says.</param>
    /// <param name="now">The clock.</param>
    public void Merge(Summary summary, DateTimeOffset now)
    {
        Touch(now);
        if (!_shards!.TryGetValue(summary.Shard, out var cells))
            _shards.Add(summary.Shard, cells = Cells.Create(_compiled.Job.Timeline?.Bucket.Type, _compiled.NewCell));
        Cell? earliest = null;
        var reader = new StateReader(summary.Values);
        for (var count = reader.Count(); count > 0; count--)
        {
            var cell = cells.ReadAt(ref reader, out var incoming);
            if (_compiled.IsNewer(incoming.Events, cell.Events))
                cell.Become(incoming);
            if (earliest is null || cell.Rank < earliest.Rank)
                earliest = cell;
        }

        if (earliest is not null && (_touched is not { } touched || cells.IsBefore(earliest, _shards[touched.Shard], touched.Cell)))
            _touched = (summary.Shard, earliest);
    }

    /// <summary>Answers with all rows that the summaries merged since the last answer touch.</summary>
    /// <param name="rows">Makes the rows.</param>
    /// <param name="now">The clock.</param>
    public GroupAnswer Answer(RowBuilder rows, DateTimeOffset now)
    {
        if (_touched is not { } touched)
            return new GroupAnswer([], [], 0);
        _touched = null;
        return Answer(_shards![touched.Shard].RunningOver([.. _shards.Values], touched.Cell), 0, rows, now);
    }

    /// <summary>Writes the state.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Long(_lastAt);
        if (_tally is not null)
        {
            _tally.Write(writer);
            return;
        }

        writer.Long(_touched?.Shard ?? -1);
        writer.Long(_touched?.Cell.Rank ?? -1);
        writer.Long(_shards!.Count);
        foreach (var (shard, cells) in _shards)
        {
            writer.Long(shard);
            cells.Write(writer);
        }
    }

    /// <summary>Reads a group back.</summary>
    /// <exception cref="InvalidDataException">The bytes were written by another version.</exception>
    public static Group Read(CompiledJob compiled, string key, ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state);
        reader.Version(Version, $"group '{key}'");
        var group = new Group(compiled, key) { _lastAt = reader.Long() };
        if (group._tally is not null)
        {
            group._tally.Read(ref reader);
            return group;
        }

        var (touchedShard, touchedRank) = ((int)reader.Long(), (int)reader.Long());
        for (var count = reader.Count(); count > 0; count--)
        {
            var shard = reader.Count();
            var cells = Cells.Create(compiled.Job.Timeline?.Bucket.Type, compiled.NewCell);
            cells.Read(ref reader);
            group._shards!.Add(shard, cells);
        }

        if (touchedShard >= 0)
            group._touched = (touchedShard, group._shards![touchedShard].All[touchedRank]);
        return group;
    }

    private void Reset()
    {
        _tally = _compiled.IsSplit ? null : new Tally(_compiled, _compiled.NewOffsets());
        _shards = _compiled.IsSplit ? [] : null;
        _touched = null;
    }

    private void Touch(DateTimeOffset now)
    {
        if (IsExpired(now))
            Reset();
        _lastAt = Math.Max(_lastAt, now.ToUnixTimeMilliseconds());
    }

    private GroupAnswer Answer(IEnumerable<RunningCell> running, int duplicates, RowBuilder builder, DateTimeOffset now)
    {
        // Of buckets that share a row the greatest wins: it comes last.
        var rows = new Dictionary<string, RowResult>();
        foreach (var cell in running)
        {
            var row = builder.Build(_keys, cell, now);
            if (row.Key is { } key)
                rows[key] = row;
        }

        return new GroupAnswer(
            [.. rows.Values.Select(r => r.Change).OfType<RowChange>()], [.. rows.Values.Select(r => r.Failure).OfType<FailedRow>()], duplicates);
    }
}
