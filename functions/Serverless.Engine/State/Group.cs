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
    private AggregateState? _aggregates;
    private SortedList<int, BucketStates>? _shards;
    private (int Shard, BucketState Bucket)? _touched; // the earliest bucket that a summary touched since the last answer
    private long _lastAt;
    private long _bornAt;

    /// <summary>Makes a group without events.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="key">The group's key, as <see cref="GroupSlices.Key"/> says.</param>
    public Group(CompiledJob compiled, string key)
    {
        _compiled = compiled;
        Key = key;
        _keys = GroupKeyCodec.Parse(key, compiled.KeyTypes);
        Reset();
    }

    /// <inheritdoc />
    public string Key { get; }

    /// <summary>Which offsets it has seen; of a split group only its shards know.</summary>
    public AppliedOffsets? Applied => _aggregates?.Applied;

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
        var earliest = _aggregates!.Apply(slices, now.ToUnixTimeMilliseconds(), out var duplicates);
        if (earliest is null)
            return new GroupAnswer([], [], 0);
        if (_compiled.Job.Timeline is not null)
            return Answer(_aggregates.BucketStates.Running(earliest), duplicates, rows, now);

        // One row: most jobs, and the hot path.
        var (change, failure) = rows.Build(_keys, new RunningBucket(_aggregates.BucketStates, earliest, earliest), Life, now);
        return new GroupAnswer(change is null ? [] : [change], failure is null ? [] : [failure], duplicates);
    }

    /// <summary>Takes a shard's summary: of two values of one bucket the newer one stays. What it touches is in the next answer.</summary>
    /// <param name="summary">What the shard says.</param>
    /// <param name="sent">When the slices behind it were cut, the same however often it is merged: for the time to live.</param>
    public void Merge(Summary summary, DateTimeOffset sent)
    {
        Touch(sent);
        if (!_shards!.TryGetValue(summary.Shard, out var buckets))
            _shards.Add(summary.Shard, buckets = BucketStates.Create(_compiled.Job.Timeline?.Bucket.Type, _compiled.NewBucket));
        BucketState? earliest = null;
        var reader = new StateReader(summary.Values, $"a summary of group '{Key}'");
        for (var count = reader.Count(); count > 0; count--)
        {
            var bucket = buckets.ReadAt(ref reader, out var incoming);
            incoming.Life = summary.Life;
            if (_compiled.IsNewer(VersionOf(incoming), VersionOf(bucket)))
                bucket.Become(incoming);
            if (earliest is null || bucket.Rank < earliest.Rank)
                earliest = bucket;
        }

        if (earliest is not null && (_touched is not { } touched || buckets.IsBefore(earliest, _shards[touched.Shard], touched.Bucket)))
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
        return Answer(_shards![touched.Shard].RunningOver([.. _shards.Values], touched.Bucket), 0, rows, now);
    }

    /// <summary>Answers with all rows as they now are, whether anything has touched them or not.</summary>
    /// <inheritdoc cref="Answer(RowBuilder, DateTimeOffset)"/>
    public GroupAnswer Rows(RowBuilder rows, DateTimeOffset now)
    {
        if (_aggregates is not null)
            return _aggregates.IsEmpty ? new GroupAnswer([], [], 0) : Answer(_aggregates.BucketStates.Running(_aggregates.BucketStates.All[0]), 0, rows, now);
        (BucketStates Buckets, BucketState Bucket)? earliest = null;
        foreach (var buckets in _shards!.Values)
            if (buckets.All is [{ } first, ..] && (earliest is not { } known || buckets.IsBefore(first, known.Buckets, known.Bucket)))
                earliest = (buckets, first);
        return earliest is { } from ? Answer(from.Buckets.RunningOver([.. _shards.Values], from.Bucket), 0, rows, now) : new GroupAnswer([], [], 0);
    }

    /// <summary>Writes the state.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Long(_lastAt);
        writer.Long(_lastAt - _bornAt);
        if (_aggregates is not null)
            _aggregates.Write(writer);
        else
            WriteShards(writer);
        writer.Checksum();
    }

    private void WriteShards(StateWriter writer)
    {

        writer.Long(_touched?.Shard ?? -1);
        writer.Long(_touched?.Bucket.Rank ?? -1);
        writer.Long(_shards!.Count);
        foreach (var (shard, buckets) in _shards)
        {
            writer.Long(shard);
            buckets.Write(writer);
            foreach (var bucket in buckets.All)
                writer.Long(bucket.Life);
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
        if (_aggregates is not null)
        {
            _aggregates.Read(ref reader, hasProofs: version > VersionWithoutLives);
            return;
        }

        var (touchedShard, touchedRank) = version > VersionThatAnswersAtOnce ? ((int)reader.Long(), (int)reader.Long()) : (-1, -1);
        for (var count = reader.Count(); count > 0; count--)
        {
            var shard = (int)reader.Long();
            var buckets = BucketStates.Create(_compiled.Job.Timeline?.Bucket.Type, _compiled.NewBucket);
            buckets.Read(ref reader);
            if (version > VersionWithoutLives)
                foreach (var bucket in buckets.All)
                    bucket.Life = reader.Long();
            _shards!.Add(shard, buckets);
        }

        if (touchedShard >= 0)
            _touched = _shards!.TryGetValue(touchedShard, out var cellsOf) && touchedRank < cellsOf.All.Count ? (touchedShard, cellsOf.All[touchedRank]) : throw reader.Damaged();
    }

    private void Reset()
    {
        _aggregates = _compiled.IsSplit ? null : new AggregateState(_compiled, _compiled.NewOffsets());
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

    private static RowVersion VersionOf(BucketState bucket) => new(0, bucket.Life, bucket.Events);

    private GroupAnswer Answer(IEnumerable<RunningBucket> running, int duplicates, RowBuilder builder, DateTimeOffset now)
    {
        // Of buckets that share a row the greatest wins: it comes last.
        var rows = new Dictionary<string, RowResult>();
        foreach (var bucket in running)
        {
            var row = builder.Build(_keys, bucket, _aggregates is null ? bucket.Values.Life : Life, now);
            if (row.Key is { } key)
                rows[key] = row;
        }

        return new GroupAnswer(
            [.. rows.Values.Select(r => r.Change).OfType<RowChange>()], [.. rows.Values.Select(r => r.Failure).OfType<FailedRow>()], duplicates);
    }
}
