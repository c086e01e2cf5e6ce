using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Serverless.Engine.Expressions;
using Serverless.Engine.Formats;
using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>
/// Decodes the fields that a job needs, and no others, from a JSON object, by the rules of Flink's json format. Holds a guess of the fields' order: one
/// thread at a time.
/// </summary>
internal sealed partial class JsonDecoder : RecordDecoder
{
    private const int MostUntried = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    private readonly Node _root;
    private readonly JsonFormat _format;
    private readonly IReadOnlyList<SourceField> _fields;
    private readonly TimeZoneInfo _zone;
    private readonly TextCache<string>?[] _texts;
    private Column[]? _row; // one item of an array
    private int _misses; // the records in a row that were not flat
    private int _untried; // how many are read without trying, for that

    /// <summary>Makes one.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="format">The format's options.</param>
    /// <param name="zone">The time zone of times without one.</param>
    public JsonDecoder(IReadOnlyList<SourceField> fields, JsonFormat format, TimeZoneInfo zone)
    {
        (_format, _fields, _zone) = (format, fields, zone);
        _texts = new TextCache<string>?[fields.Count];
        _root = Node.Tree(fields);
    }

    /// <inheritdoc />
    /// <remarks>An array of objects is a row for each of them, and <c>null</c> is none.</remarks>
    public override int Decode(in Record record, Column[] columns)
    {
        var utf8 = WithoutPrefix(record.Value);
        try
        {
            return DecodeValue(utf8.Trim(Blanks), columns);
        }
        catch (DecodeException e) when (e.Kind == DeadLetterKind.Record && utf8.Length < record.Value!.Length)
        {
            throw new DecodeException($"{e.Message}; it begins with the five bytes of a schema registry, and what follows is no JSON: if it is Avro, set 'format' = 'avro-confluent'", e.Kind);
        }
    }

    private int DecodeValue(ReadOnlySpan<byte> utf8, Column[] columns)
    {
        if (utf8.SequenceEqual("null"u8))
        {
            Clear(columns);
            return 0;
        }

        if (utf8.Length > 0 && utf8[0] == '[')
            return Rows(utf8, columns);
        Decode(utf8, columns);
        return 1;
    }

    private int Rows(ReadOnlySpan<byte> utf8, Column[] columns)
    {
        Clear(columns);
        _row ??= Array.ConvertAll(columns, c => c.Empty());
        var rows = 0;
        foreach (var item in ItemsOf(utf8))
        {
            var value = utf8[item];
            if (value.SequenceEqual("null"u8))
                continue;
            Decode(value, _row);
            for (var i = 0; i < columns.Length; i++)
                columns[i].Append(_row[i], 0);
            rows++;
        }

        return rows;
    }

    private static List<Range> ItemsOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonFields.ItemsOf(utf8);
        }
        catch (JsonException e)
        {
            throw new DecodeException($"invalid JSON at byte {e.BytePositionInLine ?? 0}{(e.LineNumber > 0 ? $" of line {e.LineNumber + 1}" : "")}");
        }
    }

    /// <inheritdoc />
    public override Column NewColumn(SqlType type) => type.Kind == SqlKind.String ? new TextColumn() : Column.Create(type);

    /// <inheritdoc />
    public override string AdviceOnNulls(in Record record)
    {
        var utf8 = WithoutPrefix(record.Value);
        foreach (var field in _fields)
            if (FieldRemedy.OfAbsent(field, utf8) is { Length: > 0 } advice)
                return advice;
        return "";
    }

    /// <summary>Puts a record's fields into columns of one row each, which are those of <see cref="NewColumn"/> or <see cref="Column.Create"/>.</summary>
    /// <exception cref="DecodeException">The record does not fit; under <c>json.ignore-parse-errors</c> only where it is no JSON at all.</exception>
    public void Decode(ReadOnlySpan<byte> utf8, Column[] columns)
    {
        utf8 = WithoutPrefix(utf8);
        if (!TryFlat(utf8, columns))
            DecodeAny(utf8, columns);
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Count > 0)
                continue;
            if (_format.FailOnMissingField)
                throw new DecodeException($"field '{_fields[i].Name}' is absent, and json.fail-on-missing-field is set{FieldRemedy.OfAbsent(_fields[i], utf8)}", DeadLetterKind.Field);
            columns[i].AppendNull();
        }
    }

    // The five bytes that a schema registry's serializer puts in front: no JSON begins so.
    private static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> utf8) =>
        utf8.Length > RegistryPrefix.Length && utf8[0] == RegistryPrefix.Magic ? utf8[RegistryPrefix.Length..] : utf8;

    /// <summary>Decodes a flat object; false if the record is not one, or is wrong.</summary>
    private bool TryFlat(ReadOnlySpan<byte> utf8, Column[] columns)
    {
        if (_untried > 0)
        {
            _untried--;
            return false;
        }

        Clear(columns);
        var json = new FlatJson(utf8);
        for (var ordinal = 0; json.Read(); ordinal++)
            if (_root.Find(json.Name, ordinal) is { } child && !(child.Index >= 0 && TryFlat(json, child.Index, columns[child.Index])))
                return Miss();
        if (json.HasFailed)
            return Miss();
        _misses = 0;
        return true;
    }

    private bool TryFlat(in FlatJson json, int index, Column column)
    {
        column.Truncate(0); // of a name that stands twice the last value counts, as in Flink
        if (json.Kind == JsonTokenType.Null)
        {
            column.AppendNull();
            return true;
        }

        switch (column)
        {
            case TextColumn texts:
                if (json.Kind == JsonTokenType.String && !Utf8.IsValid(json.Value))
                    return false;
                texts.Append(json.Value);
                return true;
            case Column<Number?> numbers:
                if (json.Kind is not (JsonTokenType.Number or JsonTokenType.String) || !Number.TryParse(json.Value, out var number) || !number.TryFit(_fields[index].Type, out number))
                    return false;
                numbers.Append(number);
                return true;
            case Column<long?> integers:
                if (json.Kind != JsonTokenType.Number || !Utf8Parser.TryParse(json.Value, out long integer, out var read) || read < json.Value.Length
                    || !IntegerRange.Of(_fields[index].Type.Kind).Contains(integer))
                    return false;
                integers.Append(integer);
                return true;
            case Column<bool?> booleans:
                if (json.Kind is not (JsonTokenType.True or JsonTokenType.False))
                    return false;
                booleans.Append(json.Kind == JsonTokenType.True);
                return true;
        }

        if (json.Kind != JsonTokenType.String && column is not Column<string?> || TextOf(json.Value, index) is not { } text)
            return false;
        if (column is not Column<string?> plain)
            return TryText(text, _fields[index].Type, column);
        plain.Append(text);
        return true;
    }

    /// <summary>Says that a record was not flat: the more there are in a row, the fewer are tried.</summary>
    private bool Miss()
    {
        _misses = Math.Min(_misses + 1, MostUntried);
        _untried = _misses - 1;
        return false;
    }

    /// <summary>The text of some bytes; null if they are no valid UTF-8.</summary>
    private string? TextOf(ReadOnlySpan<byte> utf8, int index)
    {
        var cache = _texts[index] ??= new TextCache<string>();
        if (cache.TryGet(utf8, out var text, out var slot))
            return text;
        if (!Utf8.IsValid(utf8))
            return null;
        cache.Put(slot, utf8, text = Encoding.UTF8.GetString(utf8));
        return text;
    }

    private void DecodeAny(ReadOnlySpan<byte> utf8, Column[] columns)
    {
        Clear(columns);
        try
        {
            var reader = new Utf8JsonReader(utf8, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new DecodeException("the record is no JSON object");
            Object(ref reader, utf8, _root, columns);
            if (reader.Read())
                throw new DecodeException("there is something behind the JSON object");
        }
        catch (JsonException e)
        {
            throw new DecodeException($"invalid JSON at byte {e.BytePositionInLine ?? 0}{(e.LineNumber > 0 ? $" of line {e.LineNumber + 1}" : "")}");
        }
    }

    private void Object(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, Node node, Column[] columns)
    {
        for (var ordinal = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; ordinal++)
        {
            var child = node.Find(ref reader, ordinal);
            reader.Read();
            if (child is null)
            {
                reader.Skip();
                continue;
            }

            // A ROW may be read whole, and some of its fields too.
            if (child.HasChildren)
            {
                var own = reader;
                Nested(ref own, utf8, child, columns);
                if (child.Index < 0)
                    reader = own;
            }

            if (child.Index >= 0)
                Value(ref reader, utf8, child.Index, columns[child.Index]);
        }
    }

    private void Nested(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, Node node, Column[] columns)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            Object(ref reader, utf8, node, columns);
            return;
        }

        if (reader.TokenType != JsonTokenType.Null && !_format.IgnoreParseErrors)
            throw new DecodeException($"field '{node.Path}' is no JSON object", DeadLetterKind.Field);
        reader.Skip();
    }

    private void Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, int index, Column column)
    {
        column.Truncate(0); // of a name that stands twice the last value counts, as in Flink
        if (reader.TokenType == JsonTokenType.Null)
        {
            column.AppendNull();
            return;
        }

        if (reader.TokenType == JsonTokenType.String && column is Column<string?> plain && !reader.ValueIsEscaped)
        {
            if (TextOf(reader.ValueSpan, index) is { } text)
            {
                plain.Append(text);
                return;
            }
        }
        else if (TryValue(ref reader, utf8, _fields[index].Type, column))
        {
            return;
        }

        if (!_format.IgnoreParseErrors)
            throw new DecodeException($"field '{_fields[index].Name}' cannot be {_fields[index].Type}: {Shown(ref reader)}{RemedyFor(ref reader, _fields[index])}", DeadLetterKind.Field);
        reader.Skip();
        column.Truncate(0);
        column.AppendNull();
    }

    private bool TryValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, SqlType type, Column column)
    {
        switch (column)
        {
            case TextColumn utf8Texts:
                if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && Utf8.IsValid(reader.ValueSpan))
                    utf8Texts.Append(reader.ValueSpan);
                else if (Text(ref reader, utf8) is { } any)
                    utf8Texts.Append(Encoding.UTF8.GetBytes(any));
                else
                    return false;
                return true;
            case Column<string?> texts:
                if (Text(ref reader, utf8) is not { } text)
                    return false;
                texts.Append(text);
                return true;
            case Column<long?> integers:
                if (!TryInteger(ref reader, type, out var integer))
                    return false;
                integers.Append(integer);
                return true;
            case Column<Number?> numbers:
                if (!TryNumber(ref reader, type, out var number))
                    return false;
                numbers.Append(number);
                return true;
            case Column<bool?> booleans:
                if (!TryBoolean(ref reader, out var boolean))
                    return false;
                booleans.Append(boolean);
                return true;
            case Column<NestedValue?> nested:
                if (OfNested(ref reader, utf8, type) is not { } collection)
                    return false;
                nested.Append(collection);
                return true;
        }

        return reader.TokenType == JsonTokenType.String && Text(ref reader, utf8) is { } value && TryText(value, type, column);
    }

    private bool TryText(string value, SqlType type, Column column)
    {
        switch (column)
        {
            case Column<DateOnly?> dates when Temporal.TryParseDate(value, out var date):
                dates.Append(date);
                return true;
            case Column<TimeOnly?> times when Temporal.TryParseTime(value, out var time):
                times.Append(time);
                return true;
            case Column<DateTime?> timestamps when HasSeparator(value) && Temporal.TryParseTimestamp(value, out var timestamp):
                timestamps.Append(Temporal.Truncate(timestamp, type.Length));
                return true;
            case Column<DateTimeOffset?> instants when HasSeparator(value) && Temporal.TryParseInstant(value, _zone, out var instant):
                instants.Append(instant);
                return true;
            case Column<byte[]?> bytes:
                var buffer = new byte[value.Length];
                if (!Convert.TryFromBase64String(value, buffer, out var written))
                    return false;
                bytes.Append(buffer[..written]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A date and time as the format's standard writes it: a blank between them, or a T.</summary>
    private bool HasSeparator(string value) => value.Length > 10 && value.Contains('T', StringComparison.Ordinal) == _format.IsoTimestamps;

    /// <summary>Any scalar as text; objects and arrays as their JSON, as in Flink.</summary>
    private static string? Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                try
                {
                    return reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return null; // invalid UTF-8, or half a surrogate pair
                }

            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return Encoding.UTF8.GetString(utf8[start..(int)reader.BytesConsumed]);
        }
    }

    private static bool TryInteger(ref Utf8JsonReader reader, SqlType type, out long value)
    {
        value = 0;
        if (!(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value)))
        {
            // 1.0, 1e3 and "1" are whole numbers too; 1.5 would lose something and is refused.
            if (!TryAnyNumber(ref reader, out var number) || !number.TryToInt64(out value) || new Number(value) != number)
                return false;
        }

        return IntegerRange.Of(type.Kind).Contains(value);
    }

    private static bool TryNumber(ref Utf8JsonReader reader, SqlType type, out Number value) =>
        TryAnyNumber(ref reader, out value) && value.TryFit(type, out value);

    private static bool TryAnyNumber(ref Utf8JsonReader reader, out Number value)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.Number)
            return Number.TryParse(reader.ValueSpan, out value);
        return reader.TokenType == JsonTokenType.String && (reader.ValueIsEscaped
            ? Text(ref reader, default) is { } text && Number.TryParse(text, out value)
            : Number.TryParse(reader.ValueSpan, out value));
    }

    private static bool TryBoolean(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            return true;
        return reader.TokenType == JsonTokenType.String && Text(ref reader, default) is { } text && bool.TryParse(text, out value);
    }

    private string RemedyFor(ref Utf8JsonReader reader, SourceField field) => reader.TokenType switch
    {
        JsonTokenType.Number => FieldRemedy.OfNumber(field.Name, field.Type, reader.ValueSpan),
        JsonTokenType.String when Text(ref reader, default) is { } text => FieldRemedy.OfText(text, field.Type, _format),
        _ => "",
    };

    private static string Shown(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => Text(ref reader, default) is { } text ? $"'{TextTruncation.Text(text)}'" : "a text that is no valid UTF-8",
        JsonTokenType.Number => TextTruncation.Text(Encoding.ASCII.GetString(reader.ValueSpan)),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartObject => "an object",
        _ => "an array",
    };

    /// <summary>A name on the way to needed fields, and what is below it.</summary>
    private sealed class Node
    {
        private readonly List<Node> _children = [];
        private byte[] _name = [];

        // What stood at each place of the last object: records of one topic mostly have one order of fields.
        private readonly List<(byte[] Name, Node? Node)> _seen = [];

        public int Index { get; private set; } = -1;

        public bool HasChildren => _children.Count > 0;

        public string Path { get; private set; } = "";

        public static Node Tree(IReadOnlyList<SourceField> fields)
        {
            var root = new Node();
            for (var i = 0; i < fields.Count; i++)
            {
                var node = root;
                foreach (var part in fields[i].Path)
                {
                    var name = Encoding.UTF8.GetBytes(part);
                    var child = node._children.Find(c => c._name.AsSpan().SequenceEqual(name));
                    if (child is null)
                        node._children.Add(child = new Node { _name = name, Path = node.Path.Length == 0 ? part : $"{node.Path}.{part}" });
                    node = child;
                }

                node.Index = i;
            }

            return root;
        }

        public Node? Find(ref Utf8JsonReader reader, int ordinal)
        {
            if (!reader.ValueIsEscaped)
                return Find(reader.ValueSpan, ordinal);
            foreach (var child in _children)
                if (reader.ValueTextEquals(child._name))
                    return child;
            return null;
        }

        public Node? Find(ReadOnlySpan<byte> name, int ordinal)
        {
            if (ordinal < _seen.Count && name.SequenceEqual(_seen[ordinal].Name))
                return _seen[ordinal].Node;

            Node? found = null;
            foreach (var child in _children)
                if (name.SequenceEqual(child._name))
                    found = child;
            if (ordinal <= _seen.Count && ordinal < 64)
            {
                var seen = (name.ToArray(), found);
                if (ordinal == _seen.Count)
                    _seen.Add(seen);
                else
                    _seen[ordinal] = seen;
            }

            return found;
        }
    }
}
