using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>A record's key and value, each in a format of its own: <c>key.format</c>, <c>key.fields</c>, <c>value.format</c>.</summary>
/// <param name="Key">The key's format.</param>
/// <param name="KeyColumns">The columns that the key holds.</param>
/// <param name="KeyPrefix"><c>key.fields-prefix</c>: what the columns' names have in front that the key's fields have not.</param>
/// <param name="Value">The value's format.</param>
/// <param name="IsUpsert">Whether the last record of a key is its row, and one without a value deletes it.</param>
public sealed record KeyedFormat(IRecordFormat Key, ValueList<string> KeyColumns, string KeyPrefix, IRecordFormat Value, bool IsUpsert) : IRecordFormat
{
    /// <inheritdoc />
    public bool IgnoreParseErrors => Value.IgnoreParseErrors;

    /// <inheritdoc />
    public bool IsChangelog => Value.IsChangelog;

    /// <inheritdoc />
    public bool ReadsTombstones => IsUpsert;

    /// <inheritdoc />
    public override string ToString() => $"key ({string.Join(' ', KeyColumns)}) {KeyPrefix} {Key} value {Value}";

    /// <inheritdoc />
    RecordDecoder IRecordFormat.Decoder(IReadOnlyList<SourceField> fields, TimeZoneInfo zone) => new Decoder(this, fields, zone);

    private sealed class Decoder : RecordDecoder
    {
        private readonly KeyedFormat _format;
        private readonly RecordDecoder _key;
        private readonly RecordDecoder _value;
        private readonly int[] _ofKey;
        private readonly int[] _ofValue;

        public Decoder(KeyedFormat format, IReadOnlyList<SourceField> fields, TimeZoneInfo zone)
        {
            _format = format;
            _ofKey = [.. Enumerable.Range(0, fields.Count).Where(i => format.KeyColumns.Contains(fields[i].Path[0]))];
            _ofValue = [.. Enumerable.Range(0, fields.Count).Except(_ofKey)];
            _key = format.Key.Decoder([.. _ofKey.Select(i => WithoutPrefix(fields[i]))], zone);
            _value = format.Value.Decoder([.. _ofValue.Select(i => fields[i])], zone);
        }

        public override int Decode(in Record record, Column[] columns)
        {
            Clear(columns);
            var keys = Of(columns, _ofKey);
            if (record.Key is null)
            {
                if (_format.IsUpsert)
                    throw new DecodeException("the record has no key, and the key says which row it is");
                foreach (var column in keys)
                    column.AppendNull();
            }
            else if (_ofKey.Length > 0)
            {
                DecodeKey(record, keys);
            }

            var rows = 1;
            var values = Of(columns, _ofValue);
            if (record.Value is not null)
                rows = _value.Decode(record, values);
            else
                foreach (var column in values)
                    column.AppendNull();
            // Of a value that comes to several rows each has the key.
            foreach (var column in keys)
                for (var row = 1; row < rows; row++)
                    column.Append(column, 0);
            return rows;
        }

        public override int WeightOf(int row) => _value.WeightOf(row);

        private void DecodeKey(in Record record, Column[] keys)
        {
            try
            {
                if (_key.Decode(record with { Value = record.Key, Schema = record.KeySchema }, keys) != 1)
                    throw new DecodeException("is not one");
            }
            catch (DecodeException e)
            {
                throw new DecodeException($"the record's key: {e.Message}", e.Kind);
            }
        }

        private SourceField WithoutPrefix(SourceField field) => field with { Path = new([field.Path[0][_format.KeyPrefix.Length..], .. field.Path.Skip(1)]) };

        private static Column[] Of(Column[] columns, int[] places) => Array.ConvertAll(places, p => columns[p]);
    }
}
