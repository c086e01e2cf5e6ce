using Serverless.Engine.Aggregates;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>
/// One group of one job. Without a distinct split it applies its events itself; with one it merges the summaries of its shards. Pure: slices or
/// summaries in, rows out; the time comes in as data.
/// </summary>
public sealed class Group : IKeyedState
{
    private const byte Version = 4;
    private const byte VersionWithoutLives = 3;
    private const byte VersionThatAnswersAtOnce = 2;

    private readonly CompiledJob _compiled;
    private readonly Column[] _keys;
    private Tally? _tally;
    private SortedList<int, Cells>? _shards;
    private (int Shard, Cell Cell)? _touched; // the earliest bucket that a summary touched since the last answer
    private long _lastAt;
    private long _bornAt;

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

    /// <summary>When it was last touched.</summary>
    public DateTimeOffset LastAt => DateTimeOffset.FromUnixTimeMilliseconds(_lastAt);

    /// <summary>When its present life began: what its shards have not been told since then is of a former one.</summary>
    public DateTimeOffset BornAt => DateTimeOffset.FromUnixTimeMilliseconds(_bornAt);

    /// <summary>The shards that it has heard from; none if it is not split.</summary>
    public IEnumerable<int> Shards => _shards?.Keys ?? Enumerable.Empty<int>();

    /// <summary>Whether the group has had no input for longer than <c>table.exec.state.ttl</c>: it may be deleted, and starts from nothing otherwise.</summary>
    /// <param name="now">The time.</param>
    public bool IsExpired(DateTimeOffset now) => _compiled.IsExpired(_lastAt, now.ToUnixTimeMilliseconds());

    /// <summary>Applies the events that have not been applied before, and answers with the rows that the input touches.</summary>
    /// <param name="slices">The batch's slices of this group.</param>
    /// <param name="rows">Makes the rows.</param>
    /// <param name="now">The clock: for <c>CURRENT_TIMESTAMP</c> and the horizon.</param>
    /// <param name="sent">When the slices were cut, the same however often they are applied: for the time to live. <paramref name="now"/> if it is not given.</param>
    public GroupAnswer Apply(ReadOnlySpan<Slice> slices, RowBuilder rows, DateTimeOffset now, DateTimeOffset? sent = null)
    {
        if (HasEvents(slices) || _lastAt == 0)
            Touch(sent ?? now);
        var earliest = _tally!.Apply(slices, now.ToUnixTimeMilliseconds(), out var duplicates);
        if (earliest is null)
            return new GroupAnswer([], [], 0);
        if (_compiled.Job.Timeline is not null)
            return Answer(_tally.Cells.Running(earliest), duplicates, rows, now);

        // One row: most jobs, and the hot path.
        var (change, failure) = rows.Build(_keys, new RunningCell(_tally.Cells, earliest, earliest), Life, now);
        return new GroupAnswer(change is null ? [] : [change], failure is null ? [] : [failure], duplicates);
    }

    /// <summary>Takes a shard's summary: of two values of one bucket the newer one stays. What it touches is in the next answer.</summary>
    /// <param name="summary">What the shard says.</param>
    /// <param name="sent">When the slices behind it were cut, the same however often it is merged: for the time to live.</param>
    public void Merge(Summary summary, DateTimeOffset sent)
    {
        Touch(sent);
        if (!_shards!.TryGetValue(summary.Shard, out var cells))
            _shards.Add(summary.Shard, cells = Cells.Create(_compiled.Job.Timeline?.Bucket.Type, _compiled.NewCell));
        Cell? earliest = null;
        var reader = new StateReader(summary.Values, $"a summary of group '{Key}'");
        for (var count = reader.Count(); count > 0; count--)
        {
            var cell = cells.ReadAt(ref reader, out var incoming);
            incoming.Life = summary.Life;
            if (_compiled.IsNewer(VersionOf(incoming), VersionOf(cell)))
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

    /// <summary>Answers with all rows as they now are, whether anything has touched them or not.</summary>
    /// <inheritdoc cref="Answer(RowBuilder, DateTimeOffset)"/>
    public GroupAnswer Rows(RowBuilder rows, DateTimeOffset now)
    {
        if (_tally is not null)
            return _tally.IsEmpty ? new GroupAnswer([], [], 0) : Answer(_tally.Cells.Running(_tally.Cells.All[0]), 0, rows, now);
        (Cells Cells, Cell Cell)? earliest = null;
        foreach (var cells in _shards!.Values)
            if (cells.All is [{ } first, ..] && (earliest is not { } known || cells.IsBefore(first, known.Cells, known.Cell)))
                earliest = (cells, first);
        return earliest is { } from ? Answer(from.Cells.RunningOver([.. _shards.Values], from.Cell), 0, rows, now) : new GroupAnswer([], [], 0);
    }

    /// <summary>Writes the state.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Long(_lastAt);
        writer.Long(_lastAt - _bornAt);
        if (_tally is not null)
            _tally.Write(writer);
        else
            WriteShards(writer);
        writer.Checksum();
    }

    private void WriteShards(StateWriter writer)
    {

        writer.Long(_touched?.Shard ?? -1);
        writer.Long(_touched?.Cell.Rank ?? -1);
        writer.Long(_shards!.Count);
        foreach (var (shard, cells) in _shards)
        {
            writer.Long(shard);
            cells.Write(writer);
            foreach (var cell in cells.All)
                writer.Long(cell.Life);
        }
    }

    /// <summary>Reads a group back.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or were written by a later version of the program.</exception>
    public static Group Read(CompiledJob compiled, string key, ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state, $"group '{key}'");
        try
        {
            var group = new Group(compiled, key);
            group.Read(ref reader);
            reader.End();
            return group;
        }
        catch (Exception e) when (StateReader.IsOfDamage(e))
        {
            throw reader.Damaged(e);
        }
    }

    private void Read(ref StateReader reader)
    {
        var version = reader.Version(Version, VersionThatAnswersAtOnce);
        if (version > VersionWithoutLives)
            reader.Checksum();
        _lastAt = reader.Long();
        _bornAt = version > VersionWithoutLives ? _lastAt - reader.Long() : 0;
        if (_tally is not null)
        {
            _tally.Read(ref reader, hasProofs: version > VersionWithoutLives);
            return;
        }

        var (touchedShard, touchedRank) = version > VersionThatAnswersAtOnce ? ((int)reader.Long(), (int)reader.Long()) : (-1, -1);
        for (var count = reader.Count(); count > 0; count--)
        {
            var shard = (int)reader.Long();
            var cells = Cells.Create(_compiled.Job.Timeline?.Bucket.Type, _compiled.NewCell);
            cells.Read(ref reader);
            if (version > VersionWithoutLives)
                foreach (var cell in cells.All)
                    cell.Life = reader.Long();
            _shards!.Add(shard, cells);
        }

        if (touchedShard >= 0)
            _touched = _shards!.TryGetValue(touchedShard, out var cellsOf) && touchedRank < cellsOf.All.Count ? (touchedShard, cellsOf.All[touchedRank]) : throw reader.Damaged();
    }

    private void Reset()
    {
        _tally = _compiled.IsSplit ? null : new Tally(_compiled, _compiled.NewOffsets());
        _shards = _compiled.IsSplit ? [] : null;
        _touched = null;
        _bornAt = 0;
    }

    private void Touch(DateTimeOffset sent)
    {
        var at = sent.ToUnixTimeMilliseconds();
        if (IsExpired(sent))
            Reset();
        if (_bornAt == 0 && _compiled.TimeToLive > 0)
            _bornAt = at;
        _lastAt = Math.Max(_lastAt, at);
    }

    // What only proves what is missing keeps nothing alive.
    internal static bool HasEvents(ReadOnlySpan<Slice> slices)
    {
        foreach (ref readonly var slice in slices)
            if (!slice.Rows.IsEmpty)
                return true;
        return false;
    }

    private long Life => _compiled.LifeOf(_lastAt);

    private static RowVersion VersionOf(Cell cell) => new(0, cell.Life, cell.Events);

    private GroupAnswer Answer(IEnumerable<RunningCell> running, int duplicates, RowBuilder builder, DateTimeOffset now)
    {
        // Of buckets that share a row the greatest wins: it comes last.
        var rows = new Dictionary<string, RowResult>();
        foreach (var cell in running)
        {
            var row = builder.Build(_keys, cell, _tally is null ? cell.Values.Life : Life, now);
            if (row.Key is { } key)
                rows[key] = row;
        }

        return new GroupAnswer(
            [.. rows.Values.Select(r => r.Change).OfType<RowChange>()], [.. rows.Values.Select(r => r.Failure).OfType<FailedRow>()], duplicates);
    }
}
