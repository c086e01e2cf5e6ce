using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>Reads what <see cref="StateWriter"/> wrote. Whatever the bytes are, it either reads them or throws <see cref="InvalidDataException"/>.</summary>
public ref struct StateReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _what;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the beginning.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="what">What they are the state of, for messages.</param>
    public StateReader(ReadOnlySpan<byte> bytes, string what)
    {
        _bytes = bytes;
        _rest = bytes;
        _what = what;
    }

    /// <summary>Whether everything has been read.</summary>
    internal readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads the version that the bytes are of, and refuses those that are not read: <see cref="StateVersion"/>.</summary>
    /// <param name="present">The version that this program writes.</param>
    /// <param name="oldest">The oldest version that it reads.</param>
    internal byte Version(byte present, byte oldest) => StateVersion.Check(Byte(), present, oldest, _what);

    /// <summary>Takes off the checksum that <see cref="StateWriter.Checksum"/> wrote behind everything else.</summary>
    internal void Checksum()
    {
        if (_rest.Length < sizeof(uint))
            throw Damaged();
        var body = _bytes[..^sizeof(uint)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(_rest[^sizeof(uint)..]) != StateWriter.ChecksumOf(body))
            throw Damaged();
        _rest = _rest[..^sizeof(uint)];
    }

    /// <summary>Makes sure that nothing is left.</summary>
    internal readonly void End()
    {
        if (!_rest.IsEmpty)
            throw Damaged();
    }

    /// <summary>What to throw if the bytes are not what they should be.</summary>
    internal readonly InvalidDataException Damaged(Exception? cause = null) => new($"the state of {_what} is damaged", cause);

    /// <summary>Whether an exception is what damaged bytes bring about when values are made of them.</summary>
    internal static bool IsOfDamage(Exception e) => e is ArgumentException or OverflowException or FormatException;

    internal byte Byte()
    {
        if (_rest.IsEmpty)
            throw Damaged();
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    internal long Long()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (shift > 63)
                throw Damaged();
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    /// <summary>Reads how many things follow: each takes a byte at least.</summary>
    internal int Count()
    {
        var count = Long();
        return count >= 0 && count <= _rest.Length ? (int)count : throw Damaged();
    }

    /// <summary>Reads which of so many things is meant.</summary>
    internal int Index(int count)
    {
        var index = Long();
        return index >= 0 && index < count ? (int)index : throw Damaged();
    }

    internal ReadOnlySpan<byte> Bytes()
    {
        var length = Count();
        var value = _rest[..length];
        _rest = _rest[length..];
        return value;
    }

    internal string Text() => Encoding.UTF8.GetString(Bytes());

    internal BigInteger Big() => new(Bytes());

    internal Number Number()
    {
        var scale = (int)Long();
        return Byte() == 0 ? new Number(Long(), scale) : new Number(Big(), scale);
    }

    internal Int128 Int128()
    {
        if (_rest.Length < 16)
            throw Damaged();
        var value = BinaryPrimitives.ReadInt128LittleEndian(_rest);
        _rest = _rest[16..];
        return value;
    }

    internal object?[] Row()
    {
        var values = new object?[Count()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Byte() switch
            {
                0 => null,
                1 => Byte() != 0,
                2 => Long(),
                3 => Number(),
                4 => BitConverter.Int64BitsToDouble(Long()),
                5 => Text(),
                6 => Bytes().ToArray(),
                7 => DateOnly.FromDayNumber((int)Long()),
                8 => new TimeOnly(Long()),
                9 => new DateTime(Long()),
                10 => new DateTimeOffset(Long(), TimeSpan.Zero),
                11 => BitConverter.Int32BitsToSingle((int)Long()),
                12 => Nested(),
                _ => throw Damaged(),
            };
        }

        return values;
    }

    private NestedValue Nested() => new(Byte() != 0, Row());

    internal T Value<T>()
    {
        if (Byte() == 0)
            return default!;
        if (typeof(T) == typeof(string))
            return As<string, T>(Text());
        if (typeof(T) == typeof(long?))
            return As<long?, T>(Long());
        if (typeof(T) == typeof(Number?))
            return As<Number?, T>(Number());
        if (typeof(T) == typeof(bool?))
            return As<bool?, T>(Byte() != 0);
        if (typeof(T) == typeof(byte[]))
            return As<byte[], T>(Bytes().ToArray());
        if (typeof(T) == typeof(DateOnly?))
            return As<DateOnly?, T>(DateOnly.FromDayNumber((int)Long()));
        if (typeof(T) == typeof(TimeOnly?))
            return As<TimeOnly?, T>(new TimeOnly(Long()));
        if (typeof(T) == typeof(DateTime?))
            return As<DateTime?, T>(new DateTime(Long()));
        if (typeof(T) == typeof(DateTimeOffset?))
            return As<DateTimeOffset?, T>(new DateTimeOffset(Long(), TimeSpan.Zero));
        if (typeof(T) == typeof(NestedValue))
            return As<NestedValue, T>(Nested());
        throw new InvalidOperationException($"{typeof(T)} is no column type");
    }

    private static T As<TFrom, T>(TFrom value) => Unsafe.As<TFrom, T>(ref value);
}
