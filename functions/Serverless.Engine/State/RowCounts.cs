namespace Serverless.Engine.State;

/// <summary>
/// Rows, as bytes, with a weight each: a multiset. A weight may be negative for a while, if a removal comes before what it removes; such a row is not there.
/// </summary>
internal sealed class RowCounts
{
    private readonly Dictionary<byte[], long> _weights = new(ByteKeys.Comparer);

    /// <summary>The rows whose weight is not zero.</summary>
    public IReadOnlyDictionary<byte[], long> Rows => _weights;

    /// <summary>Whether there is no row.</summary>
    public bool IsEmpty => _weights.Count == 0;

    /// <summary>Returns the weight of a row.</summary>
    public long this[byte[] row] => _weights.GetValueOrDefault(row);

    /// <summary>Adds to the weight of a row, and returns what it was before.</summary>
    public long Add(byte[] row, long weight)
    {
        var before = _weights.GetValueOrDefault(row);
        if (before + weight == 0)
            _weights.Remove(row);
        else
            _weights[row] = before + weight;
        return before;
    }

    /// <summary>Removes all rows.</summary>
    public void Clear() => _weights.Clear();

    /// <summary>Writes it.</summary>
    public void Write(StateWriter writer)
    {
        writer.Long(_weights.Count);
        foreach (var (row, weight) in _weights)
        {
            writer.Bytes(row);
            writer.Long(weight);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        for (var count = reader.Count(); count > 0; count--)
        {
            var row = reader.Bytes().ToArray();
            if (!_weights.TryAdd(row, reader.Long()))
                throw reader.Damaged();
        }
    }
}
