using System.Globalization;
using Serverless.Engine.Aggregates;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>
/// The part of a group whose distinct values hash to one number. It applies its share of the events, and answers with its running values: it sends no
/// rows, its group does. So one hot group is many small states and not a huge one.
/// </summary>
public sealed class Shard : IKeyedState
{
    private const byte Version = 2;
    private const byte VersionWithoutLives = 1;

    private readonly CompiledJob _compiled;
    private readonly int _number;
    private AggregateState _aggregates;
    private long _lastAt;
    private long _groupLastAt;

    /// <summary>Makes a shard without events.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="group">The group's key.</param>
    /// <param name="number">Its number among the group's shards, from 0.</param>
    public Shard(CompiledJob compiled, string group, int number)
    {
        (_compiled, _number, Key) = (compiled, number, KeyOf(group, number));
        _aggregates = new AggregateState(compiled, compiled.NewOffsets());
    }

    /// <inheritdoc />
    public string Key { get; }

    /// <summary>What stands in a shard's key between its group's and its number, and in no group's.</summary>
    public const char Mark = GroupKeyCodec.ShardMark;

    /// <summary>A shard's key: its group's with its number.</summary>
    public static string KeyOf(string group, int number) => $"{group}{Mark}{number}";

    /// <summary>A group's key and a shard's number, of what <see cref="KeyOf"/> gave.</summary>
    public static (string Group, int Number) Parse(string key)
    {
        var mark = key.LastIndexOf(Mark);
        return (key[..mark], int.Parse(key.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    /// <summary>Which offsets it has seen.</summary>
    public AppliedOffsets Applied => _aggregates.Applied;

    /// <summary>
    /// Whether nothing has been heard for so long that the group must have expired: its events, and what the group says of itself, are both older than twice
    /// <c>table.exec.state.ttl</c>. A shard lives as long as its group, which says that it lives, and says when it ends.
    /// </summary>
    /// <param name="now">The time.</param>
    public bool IsExpired(DateTimeOffset now) => _compiled.IsExpired(Math.Max(_lastAt, _groupLastAt), now.ToUnixTimeMilliseconds() - _compiled.TimeToLive);

    /// <summary>Says that the group was touched at a time, so that the shard lives on with it.</summary>
    public void Keep(DateTimeOffset groupLastAt) => _groupLastAt = Math.Max(_groupLastAt, groupLastAt.ToUnixTimeMilliseconds());

    /// <summary>Says that a life of the group has ended: the shard begins anew, unless it has had input since.</summary>
    /// <param name="groupLastAt">When the group was last touched in that life.</param>
    /// <returns>Whether it begins anew.</returns>
    public bool EndLife(DateTimeOffset groupLastAt)
    {
        if (_lastAt > groupLastAt.ToUnixTimeMilliseconds())
            return false;
        Reset();
        return true;
    }

    /// <summary>Begins anew if the group has, or is about to; otherwise lives on with it. For a host that has both at hand.</summary>
    public void Follow(Group group, DateTimeOffset now)
    {
        if (group.IsExpired(now))
        {
            EndLife(group.LastAt);
            return;
        }

        EndLife(group.BornAt.AddMilliseconds(-1));
        Keep(group.LastAt);
    }

    /// <summary>Applies the events that have not been applied before.</summary>
    /// <param name="slices">The batch's slices of this shard.</param>
    /// <param name="now">The time, for the horizon.</param>
    /// <param name="duplicates">The events that had been applied before.</param>
    /// <param name="sent">When the slices were cut, the same however often they are applied: for the time to live. <paramref name="now"/> if it is not given.</param>
    /// <returns>The running values of every bucket that the input is part of, changed or not; null where there is no event.</returns>
    public Summary? Apply(ReadOnlySpan<Slice> slices, DateTimeOffset now, out int duplicates, DateTimeOffset? sent = null)
    {
        if (Group.HasEvents(slices) || _lastAt == 0)
        {
            if (IsExpired(sent ?? now))
                Reset();
            _lastAt = Math.Max(_lastAt, (sent ?? now).ToUnixTimeMilliseconds());
        }

        return _aggregates.Apply(slices, now.ToUnixTimeMilliseconds(), out duplicates) is { } earliest ? SummaryFrom(earliest) : null;
    }

    /// <summary>The running values of every bucket; null where there is none.</summary>
    public Summary? Summary() => _aggregates.BucketStates.All is [{ } first, ..] && !_aggregates.IsEmpty ? SummaryFrom(first) : null;

    /// <summary>Writes the state.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Long(_lastAt);
        writer.Long(_groupLastAt);
        _aggregates.Write(writer);
        writer.Checksum();
    }

    /// <summary>Reads a shard back.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or were written by a later version of the program.</exception>
    public static Shard Read(CompiledJob compiled, string group, int number, ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state, $"shard '{KeyOf(group, number)}'");
        try
        {
            var isFormer = reader.Version(Version, VersionWithoutLives) == VersionWithoutLives;
            if (!isFormer)
                reader.Checksum();
            var shard = new Shard(compiled, group, number) { _lastAt = reader.Long(), _groupLastAt = isFormer ? 0 : reader.Long() };
            shard._aggregates.Read(ref reader, hasProofs: !isFormer);
            reader.End();
            return shard;
        }
        catch (Exception e) when (StateReader.IsOfDamage(e))
        {
            throw reader.Damaged(e);
        }
    }

    private Summary SummaryFrom(BucketState earliest)
    {
        var writer = new StateWriter();
        writer.Long(_aggregates.BucketStates.All.Count - earliest.Rank);
        foreach (var bucket in _aggregates.BucketStates.Running(earliest))
            bucket.Write(writer);
        return new Summary(_number, writer.Written.ToArray(), _compiled.LifeOf(_lastAt));
    }

    private void Reset()
    {
        _aggregates = new AggregateState(_compiled, _compiled.NewOffsets());
        _groupLastAt = 0;
    }
}
