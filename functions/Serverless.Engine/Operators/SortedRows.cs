using Serverless.Engine.State;

namespace Serverless.Engine.Operators;

/// <summary>Rows in an order, with a weight each. Rows that the order does not tell apart are ordered by their bytes, so that the order is total.</summary>
internal sealed class SortedRows
{
    private readonly List<SortedRow> _rows = [];

    /// <summary>The rows in order; a weight is never zero.</summary>
    public IReadOnlyList<SortedRow> Rows => _rows;

    /// <summary>How many rows there are: the weights that are greater than zero, added up.</summary>
    public long Total { get; private set; }

    /// <summary>Returns the place of the first row whose sort key is a given one or comes behind it.</summary>
    public int FirstFrom(ReadOnlySpan<byte> sortKey)
    {
        var (low, high) = (0, _rows.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_rows[middle].SortKey.AsSpan().SequenceCompareTo(sortKey) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Returns the place of the first row behind all those whose sort keys begin with a given one.</summary>
    public int FirstBehind(ReadOnlySpan<byte> beginning)
    {
        var (low, high) = (0, _rows.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var key = _rows[middle].SortKey.AsSpan();
            if (key[..Math.Min(key.Length, beginning.Length)].SequenceCompareTo(beginning) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Adds to the weight of a row, and returns its place, or the place where it was.</summary>
    public int Add(byte[] sortKey, byte[] row, long weight)
    {
        var at = PlaceOf(sortKey, row);
        if (at < 0)
        {
            at = ~at;
            _rows.Insert(at, new SortedRow(sortKey, row, weight));
            Total += Math.Max(0, weight);
            return at;
        }

        var before = _rows[at].Weight;
        Total += Math.Max(0, before + weight) - Math.Max(0, before);
        if (before + weight == 0)
            _rows.RemoveAt(at);
        else
            _rows[at] = _rows[at] with { Weight = before + weight };
        return at;
    }

    /// <summary>Drops the rows from a place on.</summary>
    public void DropFrom(int place)
    {
        for (var i = place; i < _rows.Count; i++)
            Total -= Math.Max(0, _rows[i].Weight);
        _rows.RemoveRange(place, _rows.Count - place);
    }

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
        {
            _rows.Add(new SortedRow(reader.Bytes().ToArray(), reader.Bytes().ToArray(), reader.Long()));
            Total += Math.Max(0, _rows[^1].Weight);
        }
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
