using System.Globalization;
using System.Numerics;
using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Decodes Avro's binary encoding: fields go by their names, and a field that the writer did not have is NULL.</summary>
internal sealed class AvroDecoder(AvroFormat format, IReadOnlyList<SourceField> fields) : RecordDecoder
{
    /// <inheritdoc />
    public override int Decode(in Record record, Column[] columns)
    {
        Clear(columns);
        var bytes = record.Value.AsSpan();
        var schema = format.Schema;
        if (format.IsOfRegistry)
        {
            if (!RegistryPrefix.TryRead(bytes, out var id))
                throw new DecodeException("the record does not begin with a zero byte and the number of its schema in four: it was written without a schema registry (then the format is 'avro')");
            schema = record.Schema switch
            {
                { Avro: { } known } => known,
                { Problem: { } problem } => throw new DecodeException(problem),
                _ => throw new DecodeException($"schema {id} is not known here"),
            };
            bytes = bytes[RegistryPrefix.Length..];
        }

        var reader = new AvroReader(bytes);
        Read(ref reader, schema, "", columns);
        if (!reader.IsAtEnd)
            throw new DecodeException("there is something behind the Avro record: it was written with another schema");
        foreach (var column in columns)
            if (column.Count == 0)
                column.AppendNull();
        return 1;
    }

    private void Read(ref AvroReader reader, AvroSchema schema, string path, Column[] columns)
    {
        if (schema.Kind == AvroKind.Union)
            schema = reader.Branch(schema);
        if (schema.Kind == AvroKind.Null)
            return;
        if (schema.Kind != AvroKind.Record)
        {
            // A key that is one value, and no record.
            if (path.Length == 0 && columns.Length == 1 && fields[0].Path.Count == 1)
                Value(ref reader, schema, fields[0].Type, fields[0].Name, columns[0]);
            else
                reader.Skip(schema);
            return;
        }

        foreach (var (name, type) in schema.Fields)
        {
            var full = path.Length == 0 ? name : $"{path}.{name}";
            var at = -1;
            var isOnWay = false;
            for (var i = 0; i < fields.Count; i++)
            {
                if (fields[i].Name == full)
                    at = i;
                isOnWay |= fields[i].Name.StartsWith(full, StringComparison.Ordinal) && fields[i].Name.Length > full.Length && fields[i].Name[full.Length] == '.';
            }

            // A record may be read whole, and some of its fields too.
            if (isOnWay)
            {
                var own = reader;
                Read(ref own, type, full, columns);
                if (at < 0)
                    reader = own;
            }

            if (at >= 0)
                Value(ref reader, type, fields[at].Type, fields[at].Name, columns[at]);
            else if (!isOnWay)
                reader.Skip(type);
        }
    }

    private static void Value(ref AvroReader reader, AvroSchema schema, SqlType type, string name, Column column)
    {
        column.Truncate(0);
        if (schema.Kind == AvroKind.Union)
            schema = reader.Branch(schema);
        var isRead = schema.Kind switch
        {
            AvroKind.Null => AppendNull(column),
            AvroKind.Boolean => Append(column, reader.Boolean()),
            AvroKind.Int or AvroKind.Long => Append(column, type, reader.Long(), schema.Logical),
            AvroKind.Float => reader.Float() is var number && float.IsFinite(number) && Append(column, type, Number.FromSingle(number)),
            AvroKind.Double => reader.Double() is var number && double.IsFinite(number) && Append(column, type, Number.FromDouble(number)),
            AvroKind.String => Append(column, reader.Text()),
            AvroKind.Enum => reader.Long() is >= 0 and var symbol && symbol < schema.Symbols.Count && Append(column, schema.Symbols[(int)symbol]),
            AvroKind.Bytes => Append(column, type, reader.Bytes(), schema),
            AvroKind.Fixed => Append(column, type, reader.Take(schema.Size), schema),
            _ => column is Column<NestedValue?> nested && Append(ref reader, schema, type, name, nested),
        };
        if (!isRead)
            throw new DecodeException($"field '{name}' cannot be {type}: the record has {(schema.Logical is { } logical ? $"a {logical}" : schema.Kind.ToString().ToLowerInvariant())}", DeadLetterKind.Field);
    }

    private static bool Append(ref AvroReader reader, AvroSchema schema, SqlType type, string name, Column<NestedValue?> column)
    {
        switch (schema.Kind, type.Kind)
        {
            case (AvroKind.Record, SqlKind.Row):
                var row = new object?[type.Fields.Count];
                foreach (var (field, of) in schema.Fields)
                {
                    var at = type.Fields.ToList().FindIndex(f => f.Name == field);
                    if (at < 0)
                        reader.Skip(of);
                    else
                        row[at] = Part(ref reader, of, type.Fields[at].Type, $"{name}.{field}");
                }

                column.Append(NestedValue.Of(row));
                return true;
            case (AvroKind.Array, SqlKind.Array):
                var items = new List<object?>();
                for (var left = reader.Block(); left > 0; left = reader.Block())
                    for (; left > 0; left--)
                        items.Add(Part(ref reader, schema.Branches[0], type.Element, name));
                column.Append(NestedValue.Of(items));
                return true;
            case (AvroKind.Map, SqlKind.Map) when type.Element.Kind == SqlKind.String:
                var entries = new List<(object?, object?)>();
                for (var left = reader.Block(); left > 0; left = reader.Block())
                    for (; left > 0; left--)
                        entries.Add((reader.Text(), Part(ref reader, schema.Branches[0], type.Fields[1].Type, name)));
                column.Append(NestedValue.MapOf(entries));
                return true;
            default:
                return false;
        }
    }

    private static object? Part(ref AvroReader reader, AvroSchema schema, SqlType type, string name)
    {
        var column = Column.Create(type);
        Value(ref reader, schema, type, name, column);
        return column.Box(0);
    }

    private static bool AppendNull(Column column)
    {
        column.AppendNull();
        return true;
    }

    private static bool Append(Column column, bool value)
    {
        if (column is not Column<bool?> booleans)
            return column is Column<string?> && Append(column, value ? "true" : "false");
        booleans.Append(value);
        return true;
    }

    private static bool Append(Column column, string value)
    {
        if (column is not Column<string?> texts)
            return false;
        texts.Append(value);
        return true;
    }

    private static bool Append(Column column, SqlType type, Number value)
    {
        if (column is Column<string?>)
            return Append(column, value.ToString());
        if (column is not Column<Number?> numbers || !value.TryFit(type, out var fit))
            return false;
        numbers.Append(fit);
        return true;
    }

    private static bool Append(Column column, SqlType type, long value, string? logical)
    {
        switch (column)
        {
            case Column<long?> integers when IntegerRange.Of(type.Kind).Contains(value):
                integers.Append(value);
                return true;
            case Column<Number?>:
                return Append(column, type, new Number(value));
            case Column<string?>:
                return Append(column, value.ToString(CultureInfo.InvariantCulture));
            case Column<DateOnly?> dates when Ticks(value, TimeSpan.TicksPerDay) is { } ticks:
                dates.Append(DateOnly.FromDateTime(new DateTime(ticks)));
                return true;
            case Column<TimeOnly?> times when value >= 0 && value * (logical == "time-micros" ? TimeSpan.TicksPerMicrosecond : TimeSpan.TicksPerMillisecond) is >= 0 and < TimeSpan.TicksPerDay and var ticks:
                times.Append(new TimeOnly(ticks));
                return true;
            case Column<DateTime?> timestamps when Ticks(value, UnitOf(logical)) is { } ticks:
                timestamps.Append(Temporal.Truncate(new DateTime(ticks), type.Length));
                return true;
            case Column<DateTimeOffset?> instants when Ticks(value, UnitOf(logical)) is { } ticks:
                instants.Append(new DateTimeOffset(ticks, TimeSpan.Zero));
                return true;
            default:
                return false;
        }
    }

    private static bool Append(Column column, SqlType type, ReadOnlySpan<byte> value, AvroSchema schema)
    {
        if (schema.Logical == "decimal" && column is Column<Number?> or Column<string?>)
            return Append(column, type, new Number(new BigInteger(value, isBigEndian: true), schema.Scale));
        if (column is not Column<byte[]?> bytes)
            return false;
        bytes.Append(value.ToArray());
        return true;
    }

    private static long UnitOf(string? logical) => logical is "timestamp-micros" or "local-timestamp-micros" ? TimeSpan.TicksPerMicrosecond : TimeSpan.TicksPerMillisecond;

    // Null if it is before the year 1, or behind the year 9999.
    private static long? Ticks(long value, long unit)
    {
        var most = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / unit;
        var least = -DateTime.UnixEpoch.Ticks / unit;
        return value > most || value < least ? null : DateTime.UnixEpoch.Ticks + (value * unit);
    }
}
