using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>Writes state as compact bytes: what a host stores under a key. <see cref="StateReader"/> reads it back.</summary>
public sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What has been written since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Starts anew, keeping the memory.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Writes a checksum of all that has been written since the last <see cref="Clear"/>: a torn or changed byte must not be read as another number.</summary>
    internal void Checksum()
    {
        var checksum = ChecksumOf(Written);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(sizeof(uint)), checksum);
        _buffer.Advance(sizeof(uint));
    }

    /// <summary>Returns the CRC-32C of some bytes.</summary>
    internal static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    internal void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    internal void Long(long value)
    {
        // Zigzag, seven bits a byte: most numbers here are small.
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var span = _buffer.GetSpan(10);
        var n = 0;
        for (; rest >= 0x80; rest >>= 7)
            span[n++] = (byte)(rest | 0x80);
        span[n++] = (byte)rest;
        _buffer.Advance(n);
    }

    internal void Bytes(ReadOnlySpan<byte> value)
    {
        Long(value.Length);
        _buffer.Write(value);
    }

    internal void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Long(length);
        _buffer.Advance(Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length)));
    }

    internal void Big(BigInteger value) => Bytes(value.ToByteArray());

    internal void Number(Number value)
    {
        Long(value.Scale);
        if (value.TryGetSmall(out var small))
        {
            Byte(0);
            Long(small);
        }
        else
        {
            Byte(1);
            Big(value.Unscaled);
        }
    }

    /// <summary>Writes the values of a <see cref="RowChange"/>, each with its kind.</summary>
    internal void Row(object?[] values)
    {
        Long(values.Length);
        foreach (var value in values)
        {
            switch (value)
            {
                case null: Byte(0); break;
                case bool v: Byte(1); Byte(v ? (byte)1 : (byte)0); break;
                case long v: Byte(2); Long(v); break;
                case Number v: Byte(3); Number(v); break;
                case double v: Byte(4); Long(BitConverter.DoubleToInt64Bits(v)); break;
                case string v: Byte(5); Text(v); break;
                case byte[] v: Byte(6); Bytes(v); break;
                case DateOnly v: Byte(7); Long(v.DayNumber); break;
                case TimeOnly v: Byte(8); Long(v.Ticks); break;
                case DateTime v: Byte(9); Long(v.Ticks); break;
                case DateTimeOffset v: Byte(10); Long(v.UtcTicks); break;
                case float v: Byte(11); Long(BitConverter.SingleToInt32Bits(v)); break;
                case NestedValue v: Byte(12); Nested(v); break;
                default: throw new InvalidOperationException($"{value.GetType()} is no value of a row");
            }
        }
    }

    private void Nested(NestedValue value)
    {
        Byte(value.IsMap ? (byte)1 : (byte)0);
        Row(value.Items);
    }

    /// <summary>Writes a value of a column, NULL included.</summary>
    internal void Value<T>(T value)
    {
        if (value is null)
        {
            Byte(0);
            return;
        }

        Byte(1);
        // The JIT keeps the one branch that fits T.
        if (typeof(T) == typeof(string))
            Text(Unsafe.As<T, string>(ref value));
        else if (typeof(T) == typeof(long?))
            Long(Unsafe.As<T, long?>(ref value)!.Value);
        else if (typeof(T) == typeof(Number?))
            Number(Unsafe.As<T, Number?>(ref value)!.Value);
        else if (typeof(T) == typeof(bool?))
            Byte(Unsafe.As<T, bool?>(ref value)!.Value ? (byte)1 : (byte)0);
        else if (typeof(T) == typeof(byte[]))
            Bytes(Unsafe.As<T, byte[]>(ref value));
        else if (typeof(T) == typeof(DateOnly?))
            Long(Unsafe.As<T, DateOnly?>(ref value)!.Value.DayNumber);
        else if (typeof(T) == typeof(TimeOnly?))
            Long(Unsafe.As<T, TimeOnly?>(ref value)!.Value.Ticks);
        else if (typeof(T) == typeof(DateTime?))
            Long(Unsafe.As<T, DateTime?>(ref value)!.Value.Ticks);
        else if (typeof(T) == typeof(DateTimeOffset?))
            Long(Unsafe.As<T, DateTimeOffset?>(ref value)!.Value.UtcTicks);
        else if (typeof(T) == typeof(NestedValue))
            Nested(Unsafe.As<T, NestedValue>(ref value));
        else
            throw new InvalidOperationException($"{typeof(T)} is no column type");
    }

    internal void Int128(Int128 value)
    {
        var span = _buffer.GetSpan(16);
        BinaryPrimitives.WriteInt128LittleEndian(span, value);
        _buffer.Advance(16);
    }
}
