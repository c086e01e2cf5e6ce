using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>Reads what <see cref="StateWriter"/> wrote.</summary>
public ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Makes sure that the state is of the version this program writes.</summary>
    internal void Version(byte expected, string what)
    {
        if (Byte() is var found && found != expected)
            throw new InvalidDataException($"the state of {what} is of version {found}, this program reads version {expected}");
    }

    internal byte Byte()
    {
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    internal long Long()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    internal int Count() => checked((int)Long());

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
                var kind => throw new InvalidDataException($"{kind} is no kind of value"),
            };
        }

        return values;
    }

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
        throw new InvalidOperationException($"{typeof(T)} is no column type");
    }

    private static T As<TFrom, T>(TFrom value) => Unsafe.As<TFrom, T>(ref value);
}
