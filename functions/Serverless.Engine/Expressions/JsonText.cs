using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>Values as JSON, as Flink's JSON functions and its json format write them.</summary>
public static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A value as text.</summary>
    /// <param name="value">The value, in a box.</param>
    /// <param name="type">Its type.</param>
    public static string Of(object? value, SqlType type) => Written(writer => Write(writer, value, type));

    /// <summary>What is written, as text.</summary>
    internal static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The value, in a box.</param>
    /// <param name="type">Its type.</param>
    public static void Write(Utf8JsonWriter writer, object? value, SqlType type)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool boolean:
                writer.WriteBooleanValue(boolean);
                break;
            case long integer:
                writer.WriteNumberValue(integer);
                break;
            case Number number:
                writer.WriteRawValue(type.Kind == SqlKind.Decimal ? number.ToString() : DoubleText.Format(number), skipInputValidation: true);
                break;
            case byte[] bytes:
                writer.WriteStringValue(Convert.ToBase64String(bytes));
                break;
            case NestedValue nested when type.Kind == SqlKind.Array:
                writer.WriteStartArray();
                foreach (var item in nested.Items)
                    Write(writer, item, type.Element);
                writer.WriteEndArray();
                break;
            case NestedValue nested when type.Kind == SqlKind.Row:
                writer.WriteStartObject();
                for (var i = 0; i < nested.Items.Length; i++)
                {
                    writer.WritePropertyName(type.Fields[i].Name);
                    Write(writer, nested.Items[i], type.Fields[i].Type);
                }

                writer.WriteEndObject();
                break;
            case NestedValue nested:
                writer.WriteStartObject();
                foreach (var (key, item) in nested.Entries)
                {
                    writer.WritePropertyName(key is null ? "null" : Plain(key, type.Element));
                    Write(writer, item, type.Fields[1].Type);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(Plain(value, type));
                break;
        }
    }

    private static string Plain(object value, SqlType type) => value switch
    {
        string text => text,
        DateOnly date => Temporal.Format(date),
        TimeOnly time => Temporal.Format(time, type.Length),
        DateTime timestamp => Temporal.Format(timestamp, type.Length),
        DateTimeOffset instant => Temporal.Format(instant.UtcDateTime, type.Length) + "Z",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
