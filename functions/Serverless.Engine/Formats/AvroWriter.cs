using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Writes Avro's binary encoding.</summary>
internal sealed class AvroWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Writes an int or a long.</summary>
    public void Long(long value)
    {
        var left = (ulong)((value << 1) ^ (value >> 63));
        for (; left >= 0x80; left >>= 7)
            _buffer.Write([(byte)(left | 0x80)]);
        _buffer.Write([(byte)left]);
    }

    /// <summary>Writes a value that is not null by the schema of a type: see <see cref="AvroSchema.Of"/>.</summary>
    public void Value(object value, SqlType type)
    {
        switch (value)
        {
            case bool boolean: _buffer.Write([boolean ? (byte)1 : (byte)0]); break;
            case long integer: Long(integer); break;
            case double number when type.Kind == SqlKind.Float: BinaryPrimitives.WriteSingleLittleEndian(Take(sizeof(float)), (float)number); break;
            case double number: BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), number); break;
            case Number number: Bytes(number.SetScale(type.Scale) is var scaled ? scaled.Unscaled.ToByteArray(isBigEndian: true) : []); break;
            case byte[] bytes: Bytes(bytes); break;
            case DateOnly date: Long(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber); break;
            case TimeOnly time: Long(time.Ticks / TimeSpan.TicksPerMillisecond); break;
            case DateTime time: Long(Units(time.Ticks, type)); break;
            case DateTimeOffset time: Long(Units(time.UtcTicks, type)); break;
            default: Bytes(Encoding.UTF8.GetBytes((string)value)); break;
        }
    }

    private static long Units(long ticks, SqlType type)
    {
        var unit = type.Length <= 3 ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerMicrosecond;
        return (long)Math.Floor((decimal)(ticks - DateTime.UnixEpoch.Ticks) / unit);
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        Long(bytes.Length);
        _buffer.Write(bytes);
    }

    private Span<byte> Take(int count)
    {
        var span = _buffer.GetSpan(count)[..count];
        _buffer.Advance(count);
        return span;
    }
}
