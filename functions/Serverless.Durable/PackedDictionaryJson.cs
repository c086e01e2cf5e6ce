using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>Entries as one text of Base64; read as well where a former version of the app wrote an object with a property for each.</summary>
internal sealed class PackedDictionaryJson : JsonConverter<PackedDictionary>
{
    public override PackedDictionary Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return PackedDictionary.Open(reader.GetBytesFromBase64());
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("entries are a text or an object");
        var entries = new PackedDictionary();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            entries[key] = reader.GetBytesFromBase64();
        }
        return entries;
    }

    public override void Write(Utf8JsonWriter writer, PackedDictionary value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Pack().Span);
}
