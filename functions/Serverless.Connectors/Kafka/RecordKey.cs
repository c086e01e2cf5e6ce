using System.Text;
using System.Text.Json;
using Serverless.Engine.Formats;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Kafka;

/// <summary>What of an event becomes the key of its record.</summary>
public sealed class RecordKey
{
    private readonly IReadOnlyList<(string Field, string Name)> _fields;
    private readonly bool _isObject;

    private RecordKey(IReadOnlyList<(string, string)> fields, bool isObject) => (_fields, _isObject) = (fields, isObject);

    /// <summary>Makes one of a field, so that events with one value keep their order: text as it is, anything else as JSON writes it.</summary>
    /// <param name="name">The field.</param>
    public static RecordKey OfField(string name) => new([(name, name)], isObject: false);

    /// <summary>Makes the one that a table's records have to have; null if its keys are not read, or are in a format that is not made here.</summary>
    /// <param name="table">A table of a topic.</param>
    public static RecordKey? Of(TableDefinition table)
    {
        var columns = TableFormats.KeyColumnsOf(table, table.Connector == "upsert-kafka");
        var fields = columns.Select(c => (c.Name, TableFormats.WithoutPrefix(table, c).Name)).ToList();
        return (fields, TableFormats.KeyNameOf(table)) switch
        {
            ([], _) => null,
            (_, "json") => new(fields, isObject: true),
            ([_], "raw" or "csv") => new(fields, isObject: false),
            _ => null,
        };
    }

    /// <summary>Returns the key of an event; null if it lacks the field, or is no JSON object.</summary>
    /// <param name="value">The event.</param>
    internal byte[]? Of(byte[] value)
    {
        try
        {
            return _isObject ? ObjectOf(value) : FieldOf(value, _fields[0].Field);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is no UTF-8 is an InvalidOperationException. A bad event is the job's to set aside, not the sender's to refuse.
            return null;
        }
    }

    private byte[]? ObjectOf(byte[] value)
    {
        using var json = JsonDocument.Parse(value);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            return null;
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (var (field, name) in _fields)
            {
                if (!json.RootElement.TryGetProperty(field, out var found))
                    return null;
                writer.WritePropertyName(name);
                found.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static byte[]? FieldOf(byte[] value, string field)
    {
        var reader = new Utf8JsonReader(value);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(field);
            reader.Read();
            if (found)
            {
                using var json = JsonDocument.ParseValue(ref reader);
                return json.RootElement.ValueKind switch
                {
                    JsonValueKind.Null => null,
                    JsonValueKind.String => Encoding.UTF8.GetBytes(json.RootElement.GetString()!),
                    _ => Encoding.UTF8.GetBytes(json.RootElement.GetRawText()),
                };
            }

            reader.Skip();
        }

        return null;
    }
}
