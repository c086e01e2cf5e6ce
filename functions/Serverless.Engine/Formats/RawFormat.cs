using System.Buffers.Binary;
using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Flink's raw format: the bytes are the value of the only column.</summary>
/// <param name="Charset"><c>raw.charset</c>: of a text.</param>
/// <param name="IsLittleEndian"><c>raw.endianness</c>: of a number.</param>
public sealed record RawFormat(string Charset = "UTF-8", bool IsLittleEndian = false) : IRecordFormat
{
    /// <inheritdoc />
    public bool IgnoreParseErrors => false;

    /// <inheritdoc />
    public override string ToString() => $"raw {Charset} {IsLittleEndian}";

    /// <inheritdoc />
    RecordDecoder IRecordFormat.Decoder(IReadOnlyList<SourceField> fields, TimeZoneInfo zone) => new Bytes(this, fields);

    /// <summary>Returns the encoding of a name, whose bytes must fit; null if it is unknown.</summary>
    public static Encoding? EncodingOf(string charset)
    {
        try
        {
            return Encoding.GetEncoding(charset, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private sealed class Bytes(RawFormat format, IReadOnlyList<SourceField> fields) : RecordDecoder
    {
        private readonly Encoding _encoding = EncodingOf(format.Charset) ?? Encoding.UTF8;

        public override int Decode(in Record record, Column[] columns)
        {
            Clear(columns);
            foreach (var column in columns)
                if (!TryAppend(column, fields[0].Type, record.Value))
                    throw new DecodeException($"{record.Value?.Length ?? 0} bytes are no {fields[0].Type} in the format 'raw'", DeadLetterKind.Field);
            return 1;
        }

        private bool TryAppend(Column column, SqlType type, ReadOnlySpan<byte> bytes)
        {
            switch (column)
            {
                case Column<byte[]?> c:
                    c.Append(bytes.ToArray());
                    return true;
                case Column<string?> c when TryText(bytes) is { } text:
                    c.Append(text);
                    return true;
                case Column<bool?> c when bytes.Length == 1:
                    c.Append(bytes[0] != 0);
                    return true;
                case Column<long?> c when bytes.Length == WidthOf(type.Kind):
                    c.Append(Integer(bytes));
                    return true;
                case Column<Number?> c when type.Kind == SqlKind.Double && bytes.Length == sizeof(double) && BitConverter.Int64BitsToDouble(Integer(bytes)) is var number && double.IsFinite(number):
                    c.Append(Number.FromDouble(number));
                    return true;
                case Column<Number?> c when type.Kind == SqlKind.Float && bytes.Length == sizeof(float) && BitConverter.Int32BitsToSingle((int)Integer(bytes)) is var number && float.IsFinite(number):
                    c.Append(Number.FromSingle(number));
                    return true;
                default:
                    return false;
            }
        }

        private string? TryText(ReadOnlySpan<byte> bytes)
        {
            try
            {
                return _encoding.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }

        private long Integer(ReadOnlySpan<byte> bytes) => bytes.Length switch
        {
            1 => (sbyte)bytes[0],
            2 => format.IsLittleEndian ? BinaryPrimitives.ReadInt16LittleEndian(bytes) : BinaryPrimitives.ReadInt16BigEndian(bytes),
            4 => format.IsLittleEndian ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes),
            _ => format.IsLittleEndian ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : BinaryPrimitives.ReadInt64BigEndian(bytes),
        };
    }

    /// <summary>The bytes of a whole number of a type.</summary>
    internal static int WidthOf(SqlKind kind) => kind switch { SqlKind.TinyInt => 1, SqlKind.SmallInt => 2, SqlKind.Int => 4, _ => 8 };
}
