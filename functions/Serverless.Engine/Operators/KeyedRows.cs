using Serverless.Engine.State;

namespace Serverless.Engine.Operators;

/// <summary>A delta's rows by key: each key once, with its rows in the order they came.</summary>
internal sealed class KeyedRows
{
    private readonly int[] _rows;
    private readonly int[] _starts;

    /// <summary>Puts the rows of a delta together by key.</summary>
    /// <param name="delta">The delta.</param>
    /// <param name="codec">Writes the key of a row.</param>
    public KeyedRows(Delta delta, RowCodec codec)
    {
        Delta = delta;
        var keys = new List<byte[]>();
        var known = new Dictionary<byte[], int>(ByteKeys.Comparer);
        var find = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        var keyOf = new int[delta.Count];
        var writer = new StateWriter();
        for (var row = 0; row < keyOf.Length; row++)
        {
            writer.Clear();
            codec.Write(writer, delta.Columns, row);
            if (!find.TryGetValue(writer.Written, out keyOf[row]))
            {
                keyOf[row] = keys.Count;
                keys.Add(writer.Written.ToArray());
                known.Add(keys[^1], keyOf[row]);
            }
        }

        Keys = keys;
        _starts = new int[keys.Count + 1];
        foreach (var key in keyOf)
            _starts[key + 1]++;
        for (var i = 1; i < _starts.Length; i++)
            _starts[i] += _starts[i - 1];
        _rows = new int[keyOf.Length];
        var next = _starts.AsSpan(0, keys.Count).ToArray();
        for (var row = 0; row < keyOf.Length; row++)
            _rows[next[keyOf[row]]++] = row;
    }

    /// <summary>The rows.</summary>
    public Delta Delta { get; }

    /// <summary>The keys.</summary>
    public IReadOnlyList<byte[]> Keys { get; }

    /// <summary>The rows of a key.</summary>
    public ReadOnlySpan<int> RowsOf(int key) => _rows.AsSpan(_starts[key].._starts[key + 1]);
}
