using System.Text.Json;
using Serverless.Engine.Ingest;

namespace Serverless.Engine.Formats;

/// <summary>Finds the fields of a JSON object, each as the bytes of its value, without decoding them.</summary>
internal static class JsonFields
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>Finds some fields of an object; the range of one that is absent or null is empty.</summary>
    /// <exception cref="DecodeException">It is no object.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static Range[] Find(ReadOnlySpan<byte> utf8, params ReadOnlySpan<string> names)
    {
        var found = new Range[names.Length];
        var reader = new Utf8JsonReader(utf8, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new DecodeException("the record is no JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = -1;
            for (var i = 0; i < names.Length && at < 0; i++)
                if (reader.ValueTextEquals(names[i]))
                    at = i;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isNull = reader.TokenType == JsonTokenType.Null;
            reader.Skip();
            if (at >= 0)
                found[at] = isNull ? default : start..(int)reader.BytesConsumed;
        }

        if (reader.Read())
            throw new DecodeException("there is something behind the JSON object");
        return found;
    }

    /// <summary>Returns the text of a value; null if it is empty or no text.</summary>
    public static string? TextOf(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return null;
        var reader = new Utf8JsonReader(value, Options);
        reader.Read();
        return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }

    /// <summary>Returns the items of an array; of a value that is none, the value.</summary>
    public static List<Range> ItemsOf(ReadOnlySpan<byte> value)
    {
        var items = new List<Range>();
        var reader = new Utf8JsonReader(value, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            return [new Range(0, value.Length)];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(start..(int)reader.BytesConsumed);
        }

        return items;
    }

    /// <summary>Returns the names of an object's fields.</summary>
    public static HashSet<string> NamesOf(ReadOnlySpan<byte> utf8)
    {
        var names = new HashSet<string>();
        var reader = new Utf8JsonReader(utf8, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(reader.GetString()!);
            reader.Read();
            reader.Skip();
        }

        return names;
    }
}
