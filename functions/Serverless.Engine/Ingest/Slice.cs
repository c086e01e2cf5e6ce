using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>The events of one batch, column by column: where each came from, and its evaluated arguments. Which rows passed WHERE, and which did not fail, slices say.</summary>
public sealed class EventColumns
{
    internal EventColumns(Column[] arguments, Column? bucket) => (Arguments, Bucket) = (arguments, bucket);

    /// <summary>Each event's offset.</summary>
    internal Column<long> Offsets { get; } = new();

    /// <summary>Each event's timestamp, in milliseconds since 1970.</summary>
    internal Column<long> Timestamps { get; } = new();

    /// <summary>The arguments of the aggregates, each expression once.</summary>
    internal Column[] Arguments { get; }

    /// <summary>Each event's bucket; null without a timeline.</summary>
    internal Column? Bucket { get; }

    /// <summary>The evaluated columns: the bucket where there is one, then the arguments.</summary>
    internal IEnumerable<Column> All => Bucket is null ? Arguments : Arguments.Prepend(Bucket);
}

/// <summary>The part of one batch of one partition that belongs to one group.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first offset that the slice covers: of the offsets from here on, the group has no events but these.</param>
/// <param name="Last">The last offset that it covers; one less than the first if it only proves what came before.</param>
/// <param name="Began">
/// Where the partition's reading began: at <paramref name="First"/>, if this is the group's first slice of it. Otherwise there was a slice before this one, which
/// ended right before it.
/// </param>
/// <param name="Events">The batch's events.</param>
/// <param name="Rows">Which of them are the slice's, in the order of their offsets.</param>
public readonly record struct Slice(int Partition, long First, long Last, long Began, EventColumns Events, ReadOnlyMemory<int> Rows)
{
    /// <summary>The earliest timestamp of its events' records, in milliseconds since 1970; null where none has one.</summary>
    public long? Oldest
    {
        get
        {
            var oldest = long.MaxValue;
            foreach (var row in Rows.Span)
                if (Events.Timestamps.Values[row] is > 0 and var timestamp && timestamp < oldest)
                    oldest = timestamp;
            return oldest == long.MaxValue ? null : oldest;
        }
    }
}

/// <summary>All of a batch that belongs to one group, or to one shard of a split one: the one message it costs.</summary>
/// <param name="Key">The group's key as text.</param>
/// <param name="Shard">The shard's number; -1 where groups are not split.</param>
/// <param name="Slices">One per partition read without a hole.</param>
public readonly record struct GroupSlices(string Key, int Shard, ReadOnlyMemory<Slice> Slices)
{
    /// <summary>The earliest timestamp of the slices' records, in milliseconds since 1970; null where none has one.</summary>
    public long? Oldest
    {
        get
        {
            long? oldest = null;
            foreach (var slice in Slices.Span)
                if (slice.Oldest is { } known && !(oldest <= known))
                    oldest = known;
            return oldest;
        }
    }

    /// <summary>Writes the slices with their events, so that they outlive the batch: the message as a durable host stores it.</summary>
    public void Write(StateWriter writer)
    {
        writer.Long(Slices.Length);
        foreach (var slice in Slices.Span)
        {
            var events = slice.Events;
            writer.Long(slice.Partition);
            writer.Long(slice.First);
            writer.Long(slice.Last);
            writer.Long(slice.Rows.Length);
            var (offset, timestamp) = (slice.First, 0L);
            foreach (var row in slice.Rows.Span)
            {
                writer.Long(events.Offsets.Values[row] - offset);
                writer.Long(events.Timestamps.Values[row] - timestamp);
                (offset, timestamp) = (events.Offsets.Values[row], events.Timestamps.Values[row]);
            }

            foreach (var column in events.All)
                foreach (var row in slice.Rows.Span)
                    column.Write(writer, row);
        }

        // Last, where messages of the former version end.
        foreach (var slice in Slices.Span)
            writer.Long(slice.First - slice.Began);
    }

    /// <summary>Returns the slice that tells a group, or a shard, that a range of offsets holds nothing for it.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="key">The group's key.</param>
    /// <param name="shard">The shard's number, or -1.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="first">The first offset.</param>
    /// <param name="last">The last offset.</param>
    public static GroupSlices Empty(CompiledJob compiled, string key, int shard, int partition, long first, long last) =>
        new(key, shard, new[] { new Slice(partition, first, last, first, compiled.NewEvents(), default) });

    /// <summary>Cuts them in two between slices or, of a single one, between offsets, its coverage with it; false where there is but one event.</summary>
    public bool TryHalve(out GroupSlices first, out GroupSlices second)
    {
        (first, second) = (this, default);
        if (Slices.Length > 1)
        {
            (first, second) = (this with { Slices = Slices[..(Slices.Length / 2)] }, this with { Slices = Slices[(Slices.Length / 2)..] });
            return true;
        }

        var slice = Slices.Span[0];
        if (slice.Rows.Length < 2)
            return false;
        var (left, right) = (slice.Rows[..(slice.Rows.Length / 2)], slice.Rows[(slice.Rows.Length / 2)..]);
        var last = slice.Events.Offsets.Values[left.Span[^1]];
        first = this with { Slices = new[] { slice with { Last = last, Rows = left } } };
        second = this with { Slices = new[] { slice with { First = last + 1, Rows = right } } };
        return true;
    }

    /// <summary>Reads slices back.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="key">The group's key.</param>
    /// <param name="shard">The shard's number, or -1.</param>
    /// <param name="message">What <see cref="Write"/> wrote.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static GroupSlices Read(CompiledJob compiled, string key, int shard, ReadOnlySpan<byte> message)
    {
        var reader = new StateReader(message, $"a message to group '{key}'");
        var slices = new Slice[reader.Count()];
        for (var i = 0; i < slices.Length; i++)
        {
            var events = compiled.NewEvents();
            var (partition, first, last) = ((int)reader.Long(), reader.Long(), reader.Long());
            var count = reader.Count();
            var (offset, timestamp) = (first, 0L);
            for (var row = 0; row < count; row++)
            {
                events.Offsets.Append(offset += reader.Long());
                events.Timestamps.Append(timestamp += reader.Long());
            }

            foreach (var column in events.All)
                for (var row = 0; row < count; row++)
                    column.Read(ref reader);
            slices[i] = new Slice(partition, first, last, first, events, Enumerable.Range(0, count).ToArray());
        }

        if (!reader.IsAtEnd)
            for (var i = 0; i < slices.Length; i++)
                slices[i] = slices[i] with { Began = slices[i].First - reader.Long() };
        reader.End();

        return new GroupSlices(key, shard, slices);
    }
}
