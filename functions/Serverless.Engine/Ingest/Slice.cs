using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>The events of one batch after WHERE, column by column: where each came from, and its evaluated arguments.</summary>
public sealed class EventColumns
{
    internal EventColumns(Column[] arguments, Column? bucket) => (Arguments, Bucket) = (arguments, bucket);

    /// <summary>The number of events.</summary>
    public int Count => Offsets.Count;

    /// <summary>Each event's offset.</summary>
    internal Column<long> Offsets { get; } = new();

    /// <summary>Each event's timestamp, in milliseconds since 1970.</summary>
    internal Column<long> Timestamps { get; } = new();

    /// <summary>The arguments of the aggregates, each expression once.</summary>
    internal Column[] Arguments { get; }

    /// <summary>Each event's bucket; null without a timeline.</summary>
    internal Column? Bucket { get; }

    internal void Truncate(int count)
    {
        Offsets.Truncate(count);
        Timestamps.Truncate(count);
        Bucket?.Truncate(count);
        foreach (var column in Arguments)
            column.Truncate(count);
    }
}

/// <summary>The part of one batch of one partition that belongs to one group.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first offset that the slice covers: of the offsets from here on, the group has no events but these.</param>
/// <param name="Last">The last offset that it covers.</param>
/// <param name="Events">The batch's events.</param>
/// <param name="Rows">Which of them are the slice's, in the order of their offsets.</param>
public readonly record struct Slice(int Partition, long First, long Last, EventColumns Events, ReadOnlyMemory<int> Rows);

/// <summary>All of a batch that belongs to one group, or to one shard of a split one: the one message it costs.</summary>
/// <param name="Key">The group's key as text.</param>
/// <param name="Shard">The shard's number; -1 where groups are not split.</param>
/// <param name="Slices">One per partition read without a hole.</param>
public readonly record struct GroupSlices(string Key, int Shard, ReadOnlyMemory<Slice> Slices);
