using System.Buffers.Binary;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>The records of one source as rows, each offset once.</summary>
internal sealed class SourceDecoder
{
    private readonly JsonDecoder _decoder;
    private readonly Column[] _decoded;
    private readonly int[] _places;
    private readonly int _order;
    private readonly int _timestamp;

    /// <summary>Makes one.</summary>
    /// <param name="source">The source.</param>
    /// <param name="format">The format's options.</param>
    /// <param name="zone">The session's time zone.</param>
    public SourceDecoder(DataflowSource source, JsonFormat format, TimeZoneInfo zone)
    {
        var fields = source.Fields.ToList();
        Types = [.. fields.Select(f => f.Type)];
        _order = fields.IndexOf(SourceField.RecordOrder);
        _timestamp = fields.IndexOf(SourceField.RecordTimestamp);
        _places = [.. Enumerable.Range(0, fields.Count).Where(i => i != _order && i != _timestamp)];
        _decoder = new JsonDecoder([.. _places.Select(i => fields[i])], format, zone);
        _decoded = [.. _places.Select(i => Column.Create(fields[i].Type))];
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
        for (var i = 0; i < _places.Length; i++)
            rows.Columns[_places[i]].Append(_decoded[i], 0);
        if (_order >= 0)
            ((Column<byte[]?>)rows.Columns[_order]).Append(OrderOf(record, source));
        if (_timestamp >= 0)
            ((Column<DateTimeOffset?>)rows.Columns[_timestamp]).Append(DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp));
        rows.Add(1);
        rows.Records!.Add(number);
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
