using System.Text.Json;
using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

internal sealed partial class JsonDecoder
{
    // A column for values of each type, so that the parts of a value are read by the rules of a whole one.
    private readonly Dictionary<SqlType, Column> _parts = [];

    /// <summary>Reads an array, or an object as a ROW or a MAP; null if it is none.</summary>
    /// <exception cref="DecodeException">A part of it does not fit.</exception>
    private NestedValue? OfNested(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, SqlType type)
    {
        var items = new List<object?>();
        if (type.Kind == SqlKind.Array)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                return null;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                items.Add(Part(ref reader, utf8, type.Element, "an element"));
            return NestedValue.Of(items);
        }

        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        if (type.Kind == SqlKind.Row)
        {
            var fields = new object?[type.Fields.Count];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var index = -1;
                for (var i = 0; i < fields.Length && index < 0; i++)
                    if (reader.ValueTextEquals(type.Fields[i].Name))
                        index = i;
                reader.Read();
                if (index < 0)
                    reader.Skip();
                else
                    fields[index] = Part(ref reader, utf8, type.Fields[index].Type, $"'{type.Fields[index].Name}'");
            }

            return NestedValue.Of(fields);
        }

        // The names of an object's members are texts.
        if (type.Element.Kind != SqlKind.String)
            return null;
        var entries = new List<(object?, object?)>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            entries.Add((name, Part(ref reader, utf8, type.Fields[1].Type, $"'{name}'")));
        }

        return NestedValue.MapOf(entries);
    }

    private object? Part(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, SqlType type, string what)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (!_parts.TryGetValue(type, out var column))
            _parts.Add(type, column = Column.Create(type));
        column.Truncate(0);
        if (TryValue(ref reader, utf8, type, column))
            return column.Box(column.Count - 1);
        if (!_format.IgnoreParseErrors)
            throw new DecodeException($"{what} cannot be {type}: {Shown(ref reader)}", DeadLetterKind.Field);
        reader.Skip();
        return null;
    }
}
