using System.Buffers.Binary;
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
    private readonly Column[] _decoded;
    private readonly int[] _places;
    private readonly (SourceField Field, int Place)[] _ofRecord;

    /// <summary>Makes one.</summary>
    /// <param name="source">The source.</param>
    /// <param name="format">The format.</param>
    /// <param name="zone">The session's time zone.</param>
    public SourceDecoder(DataflowSource source, IRecordFormat format, TimeZoneInfo zone)
    {
        _format = format;
        var fields = source.Fields.ToList();
        Types = [.. fields.Select(f => f.Type)];
        _ofRecord = [.. fields.Select((f, i) => (f, i)).Where(f => f.f.IsOfRecord)];
        _places = [.. Enumerable.Range(0, fields.Count).Where(i => !fields[i].IsOfRecord)];
        _decoder = format.Decoder([.. _places.Select(i => fields[i])], zone);
        _decoded = [.. _places.Select(i => Column.Create(fields[i].Type))];
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
            for (var i = 0; i < _places.Length; i++)
                rows.Columns[_places[i]].Append(_decoded[i], row);
            foreach (var (field, place) in _ofRecord)
                Append(field, record, source, rows.Columns[place]);
            rows.Add(_decoder.WeightOf(row));
            rows.Records!.Add(number);
        }

        return count;
    }

    private static void Append(SourceField field, in Record record, int source, Column column)
    {
        if (field == SourceField.RecordOrder)
            ((Column<byte[]?>)column).Append(OrderOf(record, source));
        else if (field == SourceField.RecordTimestamp)
            ((Column<DateTimeOffset?>)column).Append(DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp));
        else if (field == SourceField.RecordOffset)
            ((Column<long?>)column).Append(record.Offset);
        else
            ((Column<bool?>)column).Append(record.Value is null);
    }

    private static byte[] OrderOf(in Record record, int source)
    {
        var bytes = new byte[22];
        BinaryPrimitives.WriteInt64BigEndian(bytes, record.Timestamp ^ long.MinValue);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), record.Partition);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(12), record.Offset);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(20), (short)source);
        return bytes;
    }
}
