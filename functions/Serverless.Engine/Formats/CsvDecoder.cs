using System.Text;
using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Decodes lines of fields, by the rules of Flink's csv format.</summary>
internal sealed class CsvDecoder : RecordDecoder
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly CsvFormat _format;
    private readonly IReadOnlyList<SourceField> _fields;
    private readonly TimeZoneInfo _zone;
    private readonly int[] _places; // the place in the line of each field
    private readonly List<(string Text, bool IsQuoted)> _line = [];

    /// <summary>Makes one.</summary>
    public CsvDecoder(CsvFormat format, IReadOnlyList<SourceField> fields, TimeZoneInfo zone)
    {
        (_format, _fields, _zone) = (format, fields, zone);
        _places = [.. fields.Select(f => format.Columns.ToList().IndexOf(f.Path[0]))];
    }

    /// <inheritdoc />
    public override int Decode(in Record record, Column[] columns)
    {
        Clear(columns);
        var text = TextOf(record.Value);
        if (_format.AllowComments && text.StartsWith('#'))
            return 0;
        Split(text);
        if (_line.Count > _format.Columns.Count || (_line.Count < _format.Columns.Count && !_format.IgnoreParseErrors))
            throw new DecodeException($"the line has {_line.Count} fields, and the table {_format.Columns.Count} columns (csv.field-delimiter is '{_format.Delimiter}')");
        for (var i = 0; i < columns.Length; i++)
            Append(i, columns[i]);
        return 1;
    }

    private void Append(int field, Column column)
    {
        if (_places[field] >= _line.Count || _line[_places[field]] is var (text, isQuoted) && !isQuoted && text == _format.NullLiteral)
        {
            column.AppendNull();
            return;
        }

        text = _line[_places[field]].Text;
        if (FieldText.TryAppend(column, _fields[field].Type, text, _zone))
            return;
        if (!_format.IgnoreParseErrors)
            throw new DecodeException(
                $"field '{_fields[field].Name}' cannot be {_fields[field].Type}: '{TextTruncation.Text(text)}'{(text.Length == 0 ? " (csv.null-literal = '' takes an empty field for NULL)" : "")}{FieldRemedy.OfNumber(_fields[field].Name, _fields[field].Type, Encoding.UTF8.GetBytes(text))}",
                DeadLetterKind.Field);
        column.AppendNull();
    }

    private static string TextOf(byte[]? value)
    {
        try
        {
            return Utf8.GetString(value ?? []);
        }
        catch (DecoderFallbackException)
        {
            throw new DecodeException("the line is no valid UTF-8");
        }
    }

    // The first line: a line break in quotes belongs to its field.
    private void Split(string text)
    {
        _line.Clear();
        var field = new StringBuilder();
        var (isQuoted, isOpen) = (false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == _format.Escape && i + 1 < text.Length)
                field.Append(text[++i]);
            else if (isOpen && c == _format.Quote && i + 1 < text.Length && text[i + 1] == c)
                field.Append(text[++i]);
            else if (isOpen && c == _format.Quote)
                isOpen = false;
            else if (isOpen)
                field.Append(c);
            else if (c == _format.Quote && !isQuoted && string.IsNullOrWhiteSpace(field.ToString()))
                (isOpen, isQuoted, _) = (true, true, field.Clear());
            else if (c == _format.Delimiter)
                End();
            else if (c is '\n' or '\r')
                break;
            else
                field.Append(c);
        }

        if (isOpen)
            throw new DecodeException($"a field is quoted, and its closing {_format.Quote} is missing");
        End();

        void End()
        {
            _line.Add((field.ToString(), isQuoted));
            field.Clear();
            isQuoted = false;
        }
    }
}
