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
            case NestedValue nested: Nested(nested, type); break;
            case DateOnly date: Long(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber); break;
            case TimeOnly time: Long(time.Ticks / TimeSpan.TicksPerMillisecond); break;
            case DateTime time: Long(Units(time.Ticks, type)); break;
            case DateTimeOffset time: Long(Units(time.UtcTicks, type)); break;
            default: Bytes(Encoding.UTF8.GetBytes((string)value)); break;
        }
    }

    private void Nested(NestedValue value, SqlType type)
    {
        if (type.Kind == SqlKind.Row)
        {
            for (var i = 0; i < value.Items.Length; i++)
                Optional(value.Items[i], type.Fields[i].Type);
            return;
        }

        if (value.Count > 0)
            Long(value.Count);
        if (value.IsMap)
            foreach (var (key, of) in value.Entries)
            {
                Bytes(Encoding.UTF8.GetBytes(key as string ?? throw new FormatException("a key of a MAP is a text in Avro")));
                Optional(of, type.Fields[1].Type);
            }
        else
            foreach (var item in value.Items)
                Optional(item, type.Element);
        Long(0);
    }

    private void Optional(object? value, SqlType type)
    {
        Long(value is null ? 0 : 1);
        if (value is Number number && type.Kind is SqlKind.Float or SqlKind.Double)
            value = number.ToDouble();
        if (value is not null)
            Value(value, type);
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
