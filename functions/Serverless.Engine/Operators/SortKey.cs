using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>A column that rows are ordered by.</summary>
/// <param name="Column">Its place.</param>
/// <param name="IsDescending">Whether the greatest comes first.</param>
/// <param name="NullsFirst">Whether NULL comes first. Flink takes NULL for the least value: first if ascending, last if descending.</param>
internal readonly record struct SortColumn(int Column, bool IsDescending, bool NullsFirst);

/// <summary>Writes values as bytes whose order is the order of the values, so that rows are ordered by comparing bytes.</summary>
/// <param name="columns">What rows are ordered by.</param>
internal sealed class SortKey(IReadOnlyList<SortColumn> columns)
{
    private byte[] _buffer = new byte[64];
    private int _length;

    /// <summary>The columns.</summary>
    public IReadOnlyList<SortColumn> Columns { get; } = columns;

    /// <summary>Returns the key of a row.</summary>
    public byte[] Of(Column[] from, int row)
    {
        _length = 0;
        foreach (var column in Columns)
            Append(from[column.Column], row, column);
        return _buffer[.._length];
    }

    /// <summary>The whole number or time that a key begins with, which is not NULL and ascends.</summary>
    public static long LongOf(ReadOnlySpan<byte> key) => (long)(BinaryPrimitives.ReadUInt64BigEndian(key[1..]) ^ (1UL << 63));

    private void Append(Column column, int row, SortColumn order)
    {
        if (column.IsNull(row))
        {
            Put(order.NullsFirst ? (byte)0 : (byte)2);
            return;
        }

        Put(1);
        var from = _length;
        switch (column)
        {
            case Column<long?> c: Long(c.Values[row]!.Value); break;
            case Column<bool?> c: Put(c.Values[row]!.Value ? (byte)1 : (byte)0); break;
            case Column<string?> c: Escaped(Encoding.UTF8.GetBytes(c.Values[row]!)); break;
            case Column<byte[]?> c: Escaped(c.Values[row]!); break;
            case Column<DateOnly?> c: Long(c.Values[row]!.Value.DayNumber); break;
            case Column<TimeOnly?> c: Long(c.Values[row]!.Value.Ticks); break;
            case Column<DateTime?> c: Long(c.Values[row]!.Value.Ticks); break;
            case Column<DateTimeOffset?> c: Long(c.Values[row]!.Value.UtcTicks); break;
            case Column<Number?> c: Number(c.Values[row]!.Value.Normalize()); break;
            default: throw new InvalidOperationException($"{column.GetType()} has no order");
        }

        if (order.IsDescending)
            for (var i = from; i < _length; i++)
                _buffer[i] = (byte)~_buffer[i];
    }

    // Sign, then the place of the first digit, then the digits: numbers without trailing zeros compare digit by digit.
    private void Number(Number number)
    {
        var unscaled = number.Unscaled;
        if (unscaled.IsZero)
        {
            Put(1);
            return;
        }

        var negative = unscaled.Sign < 0;
        Put(negative ? (byte)0 : (byte)2);
        var from = _length;
        var digits = BigInteger.Abs(unscaled).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Long(digits.Length - number.Scale);
        foreach (var digit in digits)
            Put((byte)(digit - '0' + 1));
        Put(0);
        if (negative)
            for (var i = from; i < _length; i++)
                _buffer[i] = (byte)~_buffer[i];
    }

    private void Long(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length), (ulong)value ^ (1UL << 63));
        _length += 8;
    }

    // 0 is written as 0 255 and the end as 0 0, so that a text comes before what it begins.
    private void Escaped(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            Put(b);
            if (b == 0)
                Put(255);
        }

        Put(0);
        Put(0);
    }

    private void Put(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    private void Reserve(int more)
    {
        if (_length + more > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + more));
    }
}
