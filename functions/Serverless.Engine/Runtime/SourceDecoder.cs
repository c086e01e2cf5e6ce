using Serverless.Engine.Formats;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>The records of one source as rows, each offset once.</summary>
internal sealed class SourceDecoder
{
    private readonly IRecordFormat _format;
    private readonly RecordDecoder _decoder;
    private readonly RecordFields _record;
    private readonly Column[] _decoded;

    /// <summary>Makes one.</summary>
    /// <param name="source">The source.</param>
    /// <param name="format">The format.</param>
    /// <param name="zone">The session's time zone.</param>
    public SourceDecoder(DataflowSource source, IRecordFormat format, TimeZoneInfo zone)
    {
        _format = format;
        var fields = source.Fields.ToList();
        Types = [.. fields.Select(f => f.Type)];
        _record = new RecordFields(fields, source.Table.Options.TryGet(out var topic, "topic") ? topic.Value : source.Table.Name);
        _decoder = format.Decoder([.. _record.OfValue.Select(i => fields[i])], zone);
        _decoded = [.. _record.OfValue.Select(i => Column.Create(fields[i].Type))];
    }

    /// <summary>The types of the fields.</summary>
    public IReadOnlyList<SqlType> Types { get; }

    /// <summary>Whether a record that cannot be decoded is skipped.</summary>
    public bool IgnoresParseErrors => _format.IgnoreParseErrors;

    /// <summary>Whether a record says nothing: it has no value, and the format makes nothing of that.</summary>
    public bool Skips(in Record record) => record.Value is null && !_format.ReadsTombstones;

    /// <summary>Adds a record's rows to a delta.</summary>
    /// <param name="record">The record.</param>
    /// <param name="source">Its source: of records of one time, partition and offset that of the first source comes first.</param>
    /// <param name="number">Its place in the batch.</param>
    /// <param name="rows">The delta.</param>
    /// <returns>The number of rows.</returns>
    /// <exception cref="DecodeException">The record does not fit.</exception>
    public int Decode(in Record record, int source, int number, Delta rows)
    {
        var count = _decoder.Decode(record, _decoded);
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < _decoded.Length; i++)
                rows.Columns[_record.OfValue[i]].Append(_decoded[i], row);
            // What changes a row takes its place in the order of records; several rows of one record follow each other.
            _record.Append(record, source, _format.IsChangelog ? 0 : row, rows.Columns);
            rows.Add(_decoder.WeightOf(row));
            rows.Records!.Add(number);
        }

        return count;
    }
}
