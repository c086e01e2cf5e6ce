using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Encodes rows as the values, or the keys, of records. One thread at a time.</summary>
public abstract class RowEncoder
{
    private readonly int[] _places;

    /// <summary>Makes one.</summary>
    /// <param name="columns">The columns that it writes, as it calls them.</param>
    /// <param name="places">Their places in the row.</param>
    protected RowEncoder(IReadOnlyList<TableColumn> columns, int[] places) => (Columns, _places) = (columns, places);

    /// <summary>The columns that it writes.</summary>
    protected IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The Avro schema that it writes by; null if it writes by none.</summary>
    public virtual AvroSchema? Schema => null;

    /// <summary>Makes the encoders of a table's records.</summary>
    /// <param name="table">The table.</param>
    /// <param name="isUpsert">Whether the key is the primary key.</param>
    /// <returns>Of the key, null if records have none, and of the value.</returns>
    public static (RowEncoder? Key, RowEncoder Value) Of(TableDefinition table, bool isUpsert)
    {
        var keys = TableFormats.KeyColumnsOf(table, isUpsert);
        var key = keys.Count > 0 && TableFormats.KeyNameOf(table) is { } name
            ? Of(table, name, ["key."], [.. keys.Select(k => TableFormats.WithoutPrefix(table, k))], PlacesOf(keys))
            : null;
        var values = TableFormats.ValueColumnsOf(table, isUpsert);
        return (key, Of(table, TableFormats.NameOf(table), ["value.", ""], values, PlacesOf(values)));

        int[] PlacesOf(IReadOnlyList<TableColumn> columns) => [.. columns.Select(c => table.Columns.ToList().IndexOf(c))];
    }

    /// <summary>Encodes a row.</summary>
    /// <param name="row">One value per column of the table: see <see cref="RowChange.Values"/>.</param>
    public byte[] Encode(object?[] row) => Write(ValuesOf(row));

    /// <summary>Encodes a change as the value of a record; null for a record without one.</summary>
    public virtual byte[]? EncodeChange(RowChange change) => change.IsDelete ? null : Encode(change.Values);

    /// <summary>Encodes the values of the columns.</summary>
    protected abstract byte[] Write(object?[] values);

    private object?[] ValuesOf(object?[] row) => Array.ConvertAll(_places, p => row[p]);

    private static RowEncoder Of(TableDefinition table, string name, string[] prefixes, IReadOnlyList<TableColumn> columns, int[] places) => name switch
    {
        "csv" => new Csv(TableFormats.CsvOf(table, prefixes, columns), columns, places),
        "raw" => new Raw(TableFormats.RawOf(table, prefixes), columns, places),
        "avro" or "avro-confluent" => new Avro(columns, places),
        _ when TableFormats.ChangelogOf(name) is { } kind => new Changelog(kind, TableFormats.JsonOf(table, name, prefixes), columns, places),
        _ => new Json(TableFormats.JsonOf(table, "json", prefixes), columns, places),
    };

    private class Json(Ingest.JsonFormat format, IReadOnlyList<TableColumn> columns, int[] places) : RowEncoder(columns, places)
    {
        protected override byte[] Write(object?[] values) => Written(writer => WriteRow(writer, values));

        protected static byte[] Written(Action<Utf8JsonWriter> write)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
                write(writer);
            return buffer.WrittenSpan.ToArray();
        }

        protected void WriteRow(Utf8JsonWriter writer, object?[] values)
        {
            writer.WriteStartObject();
            for (var i = 0; i < values.Length; i++)
            {
                writer.WritePropertyName(Columns[i].Name);
                Write(writer, values[i], Columns[i].Type);
            }

            writer.WriteEndObject();
        }

        private void Write(Utf8JsonWriter writer, object? value, SqlType type)
        {
            switch (value)
            {
                case null: writer.WriteNullValue(); break;
                case bool boolean: writer.WriteBooleanValue(boolean); break;
                case long integer: writer.WriteNumberValue(integer); break;
                case double number: writer.WriteNumberValue(number); break;
                case Number number: writer.WriteRawValue(SinkText.Of(number, type)); break;
                case byte[] bytes: writer.WriteBase64StringValue(bytes); break;
                case NestedValue nested: JsonText.Write(writer, nested, type); break;
                case DateTime time: writer.WriteStringValue(Standard(Temporal.Format(time, type.Length))); break;
                case DateTimeOffset time: writer.WriteStringValue(Standard(Temporal.Format(time.UtcDateTime, type.Length)) + "Z"); break;
                default: writer.WriteStringValue(SinkText.Of(value, type)); break;
            }
        }

        private string Standard(string timestamp) => format.IsoTimestamps ? timestamp.Replace(' ', 'T') : timestamp;
    }

    /// <summary>Changes as Flink writes them: what is added, and what is taken away, each a record of its own.</summary>
    private sealed class Changelog(ChangelogJson kind, Ingest.JsonFormat format, IReadOnlyList<TableColumn> columns, int[] places) : Json(format, columns, places)
    {
        public override byte[] EncodeChange(RowChange change) => Written(writer =>
        {
            var values = ValuesOf(change.Values);
            writer.WriteStartObject();
            if (kind == ChangelogJson.Debezium)
            {
                Part("before", change.IsDelete);
                Part("after", !change.IsDelete);
                writer.WriteString("op", change.IsDelete ? "d" : "c");
            }
            else if (kind == ChangelogJson.Canal)
            {
                writer.WriteStartArray("data");
                WriteRow(writer, values);
                writer.WriteEndArray();
                writer.WriteString("type", change.IsDelete ? "DELETE" : "INSERT");
            }
            else
            {
                Part("data", true);
                writer.WriteString("type", change.IsDelete ? "delete" : "insert");
            }

            writer.WriteEndObject();

            void Part(string name, bool isThere)
            {
                writer.WritePropertyName(name);
                if (isThere)
                    WriteRow(writer, values);
                else
                    writer.WriteNullValue();
            }
        });
    }

    private sealed class Csv(CsvFormat format, IReadOnlyList<TableColumn> columns, int[] places) : RowEncoder(columns, places)
    {
        protected override byte[] Write(object?[] values) => Encoding.UTF8.GetBytes(string.Join(format.Delimiter, values.Select((v, i) => Field(v, Columns[i].Type))));

        private string Field(object? value, SqlType type)
        {
            if (value is null)
                return format.NullLiteral ?? "";
            var text = value switch
            {
                DateTimeOffset time => Temporal.Format(time.UtcDateTime, type.Length) + "Z",
                byte[] bytes => Convert.ToBase64String(bytes),
                _ => SinkText.Of(value, type),
            };
            if (format.Escape is { } escape)
                text = text.Replace($"{escape}", $"{escape}{escape}", StringComparison.Ordinal);
            if (format.Quote is not { } quote)
                return text;
            // A text that reads as NULL is quoted, too.
            return text.AsSpan().IndexOfAny([format.Delimiter, quote, '\n', '\r']) >= 0 || text.StartsWith('#') || text == format.NullLiteral
                ? $"{quote}{text.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}"
                : text;
        }
    }

    private sealed class Raw(RawFormat format, IReadOnlyList<TableColumn> columns, int[] places) : RowEncoder(columns, places)
    {
        private readonly Encoding _encoding = RawFormat.EncodingOf(format.Charset) ?? Encoding.UTF8;

        protected override byte[] Write(object?[] values)
        {
            var bytes = values[0] switch
            {
                null => [],
                byte[] own => own,
                string text => _encoding.GetBytes(text),
                bool boolean => [boolean ? (byte)1 : (byte)0],
                long integer => Integer(integer, RawFormat.WidthOf(Columns[0].Type.Kind)),
                double number when Columns[0].Type.Kind == SqlKind.Float => Integer(BitConverter.SingleToInt32Bits((float)number), sizeof(float)),
                double number => Integer(BitConverter.DoubleToInt64Bits(number), sizeof(double)),
                var other => _encoding.GetBytes(SinkText.Of(other, Columns[0].Type)),
            };
            return bytes;
        }

        private byte[] Integer(long value, int width)
        {
            var bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            bytes = bytes[^width..];
            if (format.IsLittleEndian)
                Array.Reverse(bytes);
            return bytes;
        }
    }

    private sealed class Avro(IReadOnlyList<TableColumn> columns, int[] places) : RowEncoder(columns, places)
    {
        public override AvroSchema Schema { get; } = AvroSchema.Of(columns);

        protected override byte[] Write(object?[] values)
        {
            var writer = new AvroWriter();
            for (var i = 0; i < values.Length; i++)
            {
                if (!Columns[i].IsNotNull)
                    writer.Long(values[i] is null ? 0 : 1);
                if (values[i] is { } value)
                    writer.Value(value, Columns[i].Type);
                else if (Columns[i].IsNotNull)
                    throw new FormatException($"column '{Columns[i].Name}' is NOT NULL, and would be NULL");
            }

            return writer.Written.ToArray();
        }
    }
}
