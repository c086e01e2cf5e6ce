using System.Buffers.Binary;
using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>What a job reads of records beside their values: their place, their timestamp, their headers.</summary>
internal sealed class RecordFields
{
    private readonly (int Place, string Name)[] _fields;
    private readonly string _topic;

    /// <summary>Makes one.</summary>
    /// <param name="fields">All fields that the job reads.</param>
    /// <param name="topic">The topic.</param>
    public RecordFields(IReadOnlyList<SourceField> fields, string topic)
    {
        _topic = topic;
        _fields = [.. fields.Select((f, i) => (i, f)).Where(f => f.f.IsOfRecord).Select(f => (f.i, f.f.Path[0]))];
        OfValue = [.. Enumerable.Range(0, fields.Count).Where(i => !fields[i].IsOfRecord)];
    }

    /// <summary>The places of the fields of the value.</summary>
    public IReadOnlyList<int> OfValue { get; }

    /// <summary>Appends a record's to the columns at their places.</summary>
    /// <param name="record">The record.</param>
    /// <param name="source">Its source: of records of one time, partition and offset that of the first source comes first.</param>
    /// <param name="ordinal">Which row of the record it is.</param>
    /// <param name="columns">The columns of all fields.</param>
    public void Append(in Record record, int source, int ordinal, Column[] columns)
    {
        foreach (var (place, name) in _fields)
        {
            var column = columns[place];
            switch (name)
            {
                case "$order": ((Column<byte[]?>)column).Append(OrderOf(record, source, ordinal)); break;
                case "$timestamp": ((Column<DateTimeOffset?>)column).Append(DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp)); break;
                case "$topic": ((Column<string?>)column).Append(record.Place?.Topic ?? _topic); break;
                case "$partition": ((Column<long?>)column).Append(record.Place?.Partition ?? record.Partition); break;
                case "$offset": ((Column<long?>)column).Append(record.Offset); break;
                case "$tombstone": ((Column<bool?>)column).Append(record.Value is null); break;
                case "$leader-epoch": ((Column<long?>)column).Append(record.LeaderEpoch); break;
                case "$timestamp-type": ((Column<string?>)column).Append(record.TimestampType ?? "NoTimestampType"); break;
                case "$headers": ((Column<NestedValue?>)column).Append(NestedValue.MapOf((record.Headers ?? []).Select(h => ((object?)h.Key, (object?)h.Value)))); break;
                default: throw new InvalidOperationException($"{name} is nothing that a record has");
            }
        }
    }

    private static byte[] OrderOf(in Record record, int source, int ordinal)
    {
        var bytes = new byte[ordinal == 0 ? 22 : 26];
        BinaryPrimitives.WriteInt64BigEndian(bytes, record.Timestamp ^ long.MinValue);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), record.Partition);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(12), record.Offset);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(20), (short)source);
        if (ordinal > 0)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(22), ordinal);
        return bytes;
    }
}
