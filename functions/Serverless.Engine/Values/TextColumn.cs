using System.Text;
using Serverless.Engine.State;

namespace Serverless.Engine.Values;

/// <summary>Texts as UTF-8, one behind the other in one buffer. A string is made of one only if somebody asks for it.</summary>
internal sealed class TextColumn : Column
{
    private TextCache<string>? _cache;
    private byte[] _bytes = new byte[256];
    private int _end;
    private (int Start, int Length)[] _rows = new (int, int)[4]; // NULL has no length, -1
    private string?[] _texts = new string?[4]; // the strings made so far

    /// <summary>Appends a text.</summary>
    /// <param name="utf8">Its bytes, which are valid UTF-8.</param>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        Reserve(Count + 1);
        Put(Count++, utf8);
    }

    /// <inheritdoc />
    public override void AppendNull()
    {
        Reserve(Count + 1);
        _rows[Count] = (0, -1);
        _texts[Count++] = null;
    }

    /// <summary>Returns a row's bytes; none for NULL.</summary>
    public ReadOnlySpan<byte> Utf8(int row) => _rows[row] is (var start, > 0 and var length) ? _bytes.AsSpan(start, length) : default;

    /// <summary>Returns the row of the greatest text of some, or of the least; -1 if all are NULL. The order of the bytes is <see cref="TextOrder"/>.</summary>
    public int MostOf(ReadOnlySpan<int> rows, bool isMax)
    {
        var most = -1;
        foreach (var row in rows)
            if (!IsNull(row) && (most < 0 || (Utf8(row).SequenceCompareTo(Utf8(most)) is var order && isMax ? order > 0 : order < 0)))
                most = row;
        return most;
    }

    /// <summary>Puts a text into a row.</summary>
    public void Set(int row, ReadOnlySpan<byte> utf8) => Put(row, utf8);

    /// <summary>Puts NULL into a row.</summary>
    public void SetNull(int row) => (_rows[row], _texts[row]) = ((0, -1), null);

    /// <inheritdoc />
    public override bool IsNull(int row) => _rows[row].Length < 0;

    /// <inheritdoc />
    public override object? Box(int row) => Text(row);

    internal override string? Text(int row)
    {
        if (_rows[row].Length < 0)
            return null;
        if (_texts[row] is { } known)
            return known;
        var utf8 = Utf8(row);
        _cache ??= new TextCache<string>();
        if (!_cache.TryGet(utf8, out var text, out var slot))
            _cache.Put(slot, utf8, text = Encoding.UTF8.GetString(utf8));
        return _texts[row] = text;
    }

    internal override int Hash(int row) => Utf8Comparer.Instance.GetHashCode(Utf8(row));

    internal override bool AreEqual(int left, int right) => IsNull(left) == IsNull(right) && Utf8(left).SequenceEqual(Utf8(right));

    internal override void Resize(int count)
    {
        Reserve(count);
        (Count, _end) = (count, 0);
    }

    internal override void AppendBoxed(object? value)
    {
        if (value is null)
            AppendNull();
        else
            Append(Encoding.UTF8.GetBytes((string)value));
    }

    internal override Column Empty() => new TextColumn();

    internal override void Append(Column from, int row)
    {
        if (from.IsNull(row))
            AppendNull();
        else
            Append(((TextColumn)from).Utf8(row));
    }

    internal override void Write(StateWriter writer, int row)
    {
        if (IsNull(row))
        {
            writer.Byte(0);
            return;
        }

        writer.Byte(1);
        writer.Bytes(Utf8(row));
    }

    internal override void Read(ref StateReader reader) => AppendBoxed(reader.Value<string?>());

    private void Put(int row, ReadOnlySpan<byte> utf8)
    {
        if (row == 0)
            _end = 0;
        if (_end + utf8.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _end + utf8.Length));
        utf8.CopyTo(_bytes.AsSpan(_end));
        _rows[row] = (_end, utf8.Length);
        _texts[row] = null;
        _end += utf8.Length;
    }

    private void Reserve(int count)
    {
        if (count <= _rows.Length)
            return;
        var size = Math.Max(count, _rows.Length * 2);
        Array.Resize(ref _rows, size);
        Array.Resize(ref _texts, size);
    }
}
