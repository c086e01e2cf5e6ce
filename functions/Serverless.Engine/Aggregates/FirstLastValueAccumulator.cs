using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>
/// <c>FIRST_VALUE(x)</c> and <c>LAST_VALUE(x)</c>: by offset within a partition; between partitions by the timestamps of those records, then by
/// partition number. One value a partition is kept, since timestamps need not grow with offsets.
/// </summary>
internal sealed class FirstLastValueAccumulator<T>(bool isLast) : Accumulator
{
    private Edge[] _edges = [];

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
    {
        // Rows come in the order of their offsets: the first from the right end that is not NULL is the one.
        for (var i = 0; i < rows.Length; i++)
        {
            var row = isLast ? rows[^(i + 1)] : rows[i];
            if (column!.IsNull(row))
                continue;
            Offer(new Edge(slice.Partition, slice.Events.Offsets.Values[row], slice.Events.Timestamps.Values[row], column.Value<T>(row)));
            return;
        }
    }

    public override void Merge(Accumulator other)
    {
        foreach (var edge in ((FirstLastValueAccumulator<T>)other)._edges)
            Offer(edge);
    }

    public override void Result(Column output)
    {
        var best = default(Edge);
        var found = false;
        foreach (var edge in _edges)
        {
            if (found && (edge.Timestamp, edge.Partition).CompareTo((best.Timestamp, best.Partition)) is var order && (isLast ? order < 0 : order > 0))
                continue;
            (best, found) = (edge, true);
        }

        ((Column<T>)output).Append(best.Value);
    }

    public override void Write(StateWriter writer)
    {
        writer.Long(_edges.Length);
        foreach (var edge in _edges)
        {
            writer.Long(edge.Partition);
            writer.Long(edge.Offset);
            writer.Long(edge.Timestamp);
            writer.Value(edge.Value);
        }
    }

    public override void Read(ref StateReader reader)
    {
        _edges = new Edge[reader.Count()];
        for (var i = 0; i < _edges.Length; i++)
            _edges[i] = new Edge((int)reader.Long(), reader.Long(), reader.Long(), reader.Value<T>());
    }

    private void Offer(Edge edge)
    {
        for (var i = 0; i < _edges.Length; i++)
        {
            if (_edges[i].Partition != edge.Partition)
                continue;
            if (isLast ? edge.Offset > _edges[i].Offset : edge.Offset < _edges[i].Offset)
                _edges[i] = edge;
            return;
        }

        // Sorted by partition, so that equal accumulators have equal bytes.
        _edges = [.. _edges.Append(edge).OrderBy(e => e.Partition)];
    }

    private readonly record struct Edge(int Partition, long Offset, long Timestamp, T Value);
}
