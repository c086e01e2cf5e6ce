using System.Buffers;
using System.Globalization;
using Serverless.Engine.State;

namespace Serverless.Engine.Values;

/// <summary>
/// Keys as text, and back: values joined by <c>|</c>, NULL as <c>%N</c>, and what would be mistaken or is not allowed in an entity's id
/// (<c>% | / \ # ?</c> and control characters) percent-encoded. Equal keys have equal texts.
/// </summary>
internal sealed class GroupKeyCodec
{
    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. "%|/\\#?", .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(c => (char)c)]);

    /// <summary>What stands between a group's key and its shard's number: no value holds it unescaped.</summary>
    public const char ShardMark = '#';

    private char[] _buffer = new char[64];
    private int _length;

    public ReadOnlySpan<char> Text => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Appends a row's value.</summary>
    public void Append(Column column, int row, bool isFirst)
    {
        if (!isFirst)
            Append("|");
        switch (column)
        {
            case Column<string?> c when c.Values[row] is { } text: Escaped(text); break;
            case TextColumn c when !c.IsNull(row): Escaped(c.Text(row)!); break;
            case Column<long?> c when c.Values[row] is { } value: Formatted(value, default); break;
            case Column<DateOnly?> c when c.Values[row] is { } value: Formatted(value, "yyyy-MM-dd"); break;
            case Column<Number?> c when c.Values[row] is { } value: Append(value.Normalize().ToString()); break;
            case Column<bool?> c when c.Values[row] is { } value: Append(value ? "true" : "false"); break;
            case Column<DateTime?> c when c.Values[row] is { } value: Formatted(value, "yyyy-MM-dd HH:mm:ss.FFFFFFF"); break;
            case Column<DateTimeOffset?> c when c.Values[row] is { } value: Formatted(value.UtcDateTime, "yyyy-MM-dd HH:mm:ss.FFFFFFF"); break;
            case Column<TimeOnly?> c when c.Values[row] is { } value: Formatted(value, "HH:mm:ss.FFFFFFF"); break;
            case Column<byte[]?> c when c.Values[row] is { } value: Append(Convert.ToHexString(value)); break;
            case Column<NestedValue?> c when c.Values[row] is { } value:
                var writer = new StateWriter();
                writer.Value(value.Normalize());
                Append(Convert.ToHexString(writer.Written));
                break;
            default: Append("%N"); break;
        }
    }

    /// <summary>Appends a shard's number.</summary>
    public void AppendShard(int shard)
    {
        Append([ShardMark]);
        Formatted(shard, default);
    }

    /// <summary>Reads a key's values back into columns of one row.</summary>
    public static Column[] Parse(string key, IReadOnlyList<SqlType> types)
    {
        var columns = new Column[types.Count];
        var parts = types.Count == 0 ? [] : key.Split('|');
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Column.Create(types[i]);
            var part = parts[i];
            switch (columns[i])
            {
                case var column when part == "%N": column.AppendNull(); break;
                case Column<string?> c: c.Append(part.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(part) : part); break;
                case Column<long?> c: c.Append(long.Parse(part, CultureInfo.InvariantCulture)); break;
                case Column<DateOnly?> c: c.Append(DateOnly.ParseExact(part, "yyyy-MM-dd", CultureInfo.InvariantCulture)); break;
                case Column<Number?> c: c.Append(Number.TryParse(part, out var number) ? number : throw new FormatException(part)); break;
                case Column<bool?> c: c.Append(part == "true"); break;
                case Column<DateTime?> c: c.Append(Timestamp(part)); break;
                case Column<DateTimeOffset?> c: c.Append(new DateTimeOffset(Timestamp(part), TimeSpan.Zero)); break;
                case Column<TimeOnly?> c: c.Append(TimeOnly.ParseExact(part, "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)); break;
                case Column<byte[]?> c: c.Append(Convert.FromHexString(part)); break;
                case Column<NestedValue?> c:
                    var reader = new StateReader(Convert.FromHexString(part), "a key");
                    c.Read(ref reader);
                    break;
                default: throw new InvalidOperationException($"{types[i]} is no key type");
            }
        }

        return columns;
    }

    private static DateTime Timestamp(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    private void Append(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void Formatted<T>(T value, ReadOnlySpan<char> format) where T : ISpanFormattable
    {
        Reserve(40);
        value.TryFormat(_buffer.AsSpan(_length), out var written, format, CultureInfo.InvariantCulture);
        _length += written;
    }

    private void Escaped(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
        {
            Append(text);
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (!rune.IsBmp || !Special.Contains((char)rune.Value))
            {
                Reserve(2);
                _length += rune.EncodeToUtf16(_buffer.AsSpan(_length));
                continue;
            }

            var bytes = rune.EncodeToUtf8(utf8);
            foreach (var b in utf8[..bytes])
            {
                Append("%");
                Formatted(b, "X2");
            }
        }
    }

    private void Reserve(int more)
    {
        if (_length + more > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + more));
    }
}
