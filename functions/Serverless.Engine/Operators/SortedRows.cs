using Serverless.Engine.State;

namespace Serverless.Engine.Operators;

/// <summary>Rows in an order, with a weight each. Rows that the order does not tell apart are ordered by their bytes, so that the order is total.</summary>
internal sealed class SortedRows
{
    private readonly List<SortedRow> _rows = [];

    /// <summary>The rows in order; a weight is never zero.</summary>
    public IReadOnlyList<SortedRow> Rows => _rows;

    /// <summary>Adds to the weight of a row, and returns its place, or the place where it was.</summary>
    public int Add(byte[] sortKey, byte[] row, long weight)
    {
        var at = PlaceOf(sortKey, row);
        if (at < 0)
        {
            at = ~at;
            _rows.Insert(at, new SortedRow(sortKey, row, weight));
        }
        else if (_rows[at].Weight + weight == 0)
        {
            _rows.RemoveAt(at);
        }
        else
        {
            _rows[at] = _rows[at] with { Weight = _rows[at].Weight + weight };
        }

        return at;
    }

    /// <summary>Drops the rows from a place on.</summary>
    public void DropFrom(int place) => _rows.RemoveRange(place, _rows.Count - place);

    /// <summary>Writes them.</summary>
    public void Write(StateWriter writer)
    {
        writer.Long(_rows.Count);
        foreach (var row in _rows)
        {
            writer.Bytes(row.SortKey);
            writer.Bytes(row.Row);
            writer.Long(row.Weight);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        for (var count = reader.Count(); count > 0; count--)
            _rows.Add(new SortedRow(reader.Bytes().ToArray(), reader.Bytes().ToArray(), reader.Long()));
    }

    private int PlaceOf(byte[] sortKey, byte[] row)
    {
        var (low, high) = (0, _rows.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _rows[middle].SortKey.AsSpan().SequenceCompareTo(sortKey);
            if (order == 0)
                order = _rows[middle].Row.AsSpan().SequenceCompareTo(row);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }
}

/// <summary>A row of <see cref="SortedRows"/>.</summary>
internal readonly record struct SortedRow(byte[] SortKey, byte[] Row, long Weight);
