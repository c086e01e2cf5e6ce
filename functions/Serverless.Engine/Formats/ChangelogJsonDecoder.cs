using System.Text.Json;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Decodes changes of rows, each a JSON object.</summary>
/// <param name="format">The format's options.</param>
/// <param name="fields">The fields.</param>
/// <param name="zone">The time zone of times without one.</param>
internal abstract class ChangelogJsonDecoder(ChangelogJsonFormat format, IReadOnlyList<SourceField> fields, TimeZoneInfo zone) : RecordDecoder
{
    private readonly JsonDecoder _rows = new(fields, format.Json, zone);
    private readonly Column[] _row = [.. fields.Select(f => Column.Create(f.Type))];
    private readonly Column[] _old = [.. fields.Select(f => Column.Create(f.Type))];
    private readonly List<int> _weights = [];
    private Column[] _columns = [];

    /// <summary>The format's options.</summary>
    protected ChangelogJsonFormat Format => format;

    /// <inheritdoc />
    public override int Decode(in Record record, Column[] columns)
    {
        Clear(columns);
        _weights.Clear();
        _columns = columns;
        try
        {
            Change(record.Value);
        }
        catch (JsonException e)
        {
            throw new DecodeException($"invalid JSON at byte {e.BytePositionInLine ?? 0}");
        }

        return _weights.Count;
    }

    /// <inheritdoc />
    public override int WeightOf(int row) => _weights[row];

    /// <summary>Adds the rows of a change.</summary>
    protected abstract void Change(ReadOnlySpan<byte> utf8);

    /// <summary>Adds a row, or takes it away.</summary>
    protected void Add(ReadOnlySpan<byte> row, int weight)
    {
        _rows.Decode(row, _row);
        Append(_row, weight);
    }

    /// <summary>Takes a row away as it was, and adds it as it is.</summary>
    /// <param name="row">The row as it is.</param>
    /// <param name="old">The fields of it that were different.</param>
    protected void Replace(ReadOnlySpan<byte> row, ReadOnlySpan<byte> old)
    {
        _rows.Decode(old, _old);
        _rows.Decode(row, _row);
        var changed = JsonFields.NamesOf(old);
        for (var i = 0; i < _old.Length; i++)
            if (!changed.Contains(fields[i].Path[0]))
            {
                _old[i].Truncate(0);
                _old[i].Append(_row[i], 0);
            }

        Append(_old, -1);
        Append(_row, 1);
    }

    /// <summary>An error for a kind of change that there is not.</summary>
    protected static DecodeException Unknown(string name, string? value) =>
        new(value is null ? $"the change has no '{name}': it is none of this format" : $"'{name}' is '{Expressions.TextTruncation.Text(value)}', which is no kind of change");

    private void Append(Column[] row, int weight)
    {
        for (var i = 0; i < row.Length; i++)
            _columns[i].Append(row[i], 0);
        _weights.Add(weight);
    }
}
