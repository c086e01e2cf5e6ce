using System.Globalization;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>
/// The part of a group whose distinct values hash to one number. It applies its share of the events, and answers with its running values: it sends no
/// rows, its group does. So one hot group is many small states and not a huge one.
/// </summary>
public sealed class Shard : IKeyedState
{
    internal const byte Version = 1;

    private readonly CompiledJob _compiled;
    private readonly int _number;
    private Tally _tally;
    private long _lastAt;

    /// <summary>Makes a shard without events.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="group">The group's key.</param>
    /// <param name="number">Its number among the group's shards, from 0.</param>
    public Shard(CompiledJob compiled, string group, int number)
    {
        (_compiled, _number, Key) = (compiled, number, KeyOf(group, number));
        _tally = new Tally(compiled, compiled.NewOffsets());
    }

    /// <inheritdoc />
    public string Key { get; }

    /// <summary>A shard's key: its group's with its number.</summary>
    public static string KeyOf(string group, int number) => $"{group}{KeyText.ShardMark}{number}";

    /// <summary>A group's key and a shard's number, of what <see cref="KeyOf"/> gave.</summary>
    public static (string Group, int Number) Parse(string key)
    {
        var mark = key.LastIndexOf(KeyText.ShardMark);
        return (key[..mark], int.Parse(key.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    /// <summary>Which offsets it has seen.</summary>
    public AppliedOffsets Applied => _tally.Applied;

    /// <summary>Whether the shard has had no input for longer than <c>table.exec.state.ttl</c>.</summary>
    /// <param name="now">The time.</param>
    public bool IsExpired(DateTimeOffset now) => _compiled.IsExpired(_lastAt, now.ToUnixTimeMilliseconds());

    /// <summary>Applies the events that have not been applied before.</summary>
    /// <param name="slices">The batch's slices of this shard.</param>
    /// <param name="now">The time, for the horizon and the time to live.</param>
    /// <param name="duplicates">The events that had been applied before.</param>
    /// <returns>The running values of every bucket that the input is part of, changed or not; null where there is no event.</returns>
    public Summary? Apply(ReadOnlySpan<Slice> slices, DateTimeOffset now, out int duplicates)
    {
        var time = now.ToUnixTimeMilliseconds();
        if (IsExpired(now))
            _tally = new Tally(_compiled, _compiled.NewOffsets());
        _lastAt = Math.Max(_lastAt, time);
        if (_tally.Apply(slices, time, out duplicates) is not { } earliest)
            return null;
        var writer = new StateWriter();
        writer.Long(_tally.Cells.All.Count - earliest.Rank);
        foreach (var cell in _tally.Cells.Running(earliest))
            cell.Write(writer);
        return new Summary(_number, writer.Written.ToArray());
    }

    /// <summary>Writes the state.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Long(_lastAt);
        _tally.Write(writer);
    }

    /// <summary>Reads a shard back.</summary>
    /// <exception cref="InvalidDataException">The bytes were written by another version.</exception>
    public static Shard Read(CompiledJob compiled, string group, int number, ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state);
        reader.Version(Version, $"shard '{KeyOf(group, number)}'");
        var shard = new Shard(compiled, group, number) { _lastAt = reader.Long() };
        shard._tally.Read(ref reader);
        return shard;
    }
}

/// <summary>A shard's running aggregates as plain values (a distinct set as its count), per bucket, each with the number of events it is made of.</summary>
/// <param name="Shard">The shard's number.</param>
/// <param name="Values">The values, as <see cref="StateWriter"/> writes them.</param>
public sealed record Summary(int Shard, byte[] Values);
