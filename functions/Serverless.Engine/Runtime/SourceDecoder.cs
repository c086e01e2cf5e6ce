using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>The records of one source as rows, each offset once.</summary>
internal sealed class SourceDecoder
{
    private readonly JsonDecoder _decoder;
    private readonly RecordFields _record;
    private readonly Column[] _decoded;

    /// <summary>Makes one.</summary>
    /// <param name="source">The source.</param>
    /// <param name="format">The format's options.</param>
    /// <param name="zone">The session's time zone.</param>
    public SourceDecoder(DataflowSource source, JsonFormat format, TimeZoneInfo zone)
    {
        var fields = source.Fields.ToList();
        Types = [.. fields.Select(f => f.Type)];
        _record = new RecordFields(fields, source.Table.Options.TryGet(out var topic, "topic") ? topic.Value : source.Table.Name);
        _decoder = new JsonDecoder([.. _record.OfValue.Select(i => fields[i])], format, zone);
        _decoded = [.. _record.OfValue.Select(i => Column.Create(fields[i].Type))];
    }

    /// <summary>The types of the fields.</summary>
    public IReadOnlyList<SqlType> Types { get; }

    /// <summary>Adds a record's row to a delta.</summary>
    /// <param name="record">The record.</param>
    /// <param name="source">Its source: of records of one time, partition and offset that of the first source comes first.</param>
    /// <param name="number">Its place in the batch.</param>
    /// <param name="rows">The delta.</param>
    /// <exception cref="DecodeException">The record does not fit.</exception>
    public void Decode(in Record record, int source, int number, Delta rows)
    {
        _decoder.Decode(record.Value, _decoded);
        for (var i = 0; i < _decoded.Length; i++)
            rows.Columns[_record.OfValue[i]].Append(_decoded[i], 0);
        _record.Append(record, source, 0, rows.Columns);
        rows.Add(1);
        rows.Records!.Add(number);
    }
}
