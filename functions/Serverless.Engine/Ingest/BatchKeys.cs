using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>The distinct keys of a batch's rows: hashed and compared value by value, so that a key's text is made once and not for every row.</summary>
/// <param name="columns">The columns that a key is made of.</param>
internal sealed class BatchKeys(Column[] columns)
{
    private readonly List<(int Row, int Hash, int Next)> _keys = [];
    private int[] _heads = new int[64]; // the last key of each hash, from 1

    /// <summary>Forgets all keys.</summary>
    public void Clear()
    {
        _keys.Clear();
        Array.Clear(_heads);
    }

    /// <summary>Returns the number of a row's key; that of a new key is how many there were.</summary>
    public int Of(int row, out bool isNew)
    {
        var hash = 0;
        foreach (var column in columns)
            hash = (hash * 31) + column.Hash(row);
        for (var i = _heads[Slot(hash)] - 1; i >= 0; i = _keys[i].Next)
            if (_keys[i].Hash == hash && AreEqual(_keys[i].Row, row))
            {
                isNew = false;
                return i;
            }

        isNew = true;
        if (_keys.Count == _heads.Length)
            Grow();
        ref var head = ref _heads[Slot(hash)];
        _keys.Add((row, hash, head - 1));
        return (head = _keys.Count) - 1;
    }

    private bool AreEqual(int left, int right)
    {
        foreach (var column in columns)
            if (!column.AreEqual(left, right))
                return false;
        return true;
    }

    private int Slot(int hash) => (int)((uint)(hash * -1640531527) >> 8) & (_heads.Length - 1);

    private void Grow()
    {
        _heads = new int[_heads.Length * 4];
        for (var i = 0; i < _keys.Count; i++)
        {
            ref var head = ref _heads[Slot(_keys[i].Hash)];
            _keys[i] = _keys[i] with { Next = head - 1 };
            head = i + 1;
        }
    }
}
