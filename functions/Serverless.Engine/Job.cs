using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Formats;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Engine;

/// <summary>One <c>INSERT INTO</c> of a script, bound: all that decides what is read, kept and written. Hosts run it; <see cref="Plan"/> prints it.</summary>
public sealed record Job
{
    /// <summary>Its name: the file's, <c>file.table</c> in a script with several, or what <c>SET 'pipeline.name'</c> says.</summary>
    public required string Name { get; init; }

    /// <summary>The script it stands in.</summary>
    public required SourceText Script { get; init; }

    /// <summary>The table it reads.</summary>
    public required TableDefinition Source { get; init; }

    /// <summary>The table it writes.</summary>
    public required TableDefinition Sink { get; init; }

    /// <summary>What the sink's connector says of the table.</summary>
    public required ConnectorTraits SinkTraits { get; init; }

    /// <summary>What the script's <c>SET</c> statements say.</summary>
    public required JobSettings Settings { get; init; }

    /// <summary>How records are decoded.</summary>
    public required IRecordFormat Format { get; init; }

    /// <summary>The fields that are decoded; <see cref="ColumnScalar.Index"/> points here.</summary>
    public required IReadOnlyList<SourceField> Fields { get; init; }

    /// <summary>The <c>WHERE</c> over the fields; null for all records.</summary>
    public required Scalar? Filter { get; init; }

    /// <summary>The group's key over the fields; empty where the whole table is one group.</summary>
    public required IReadOnlyList<NamedScalar> Keys { get; init; }

    /// <summary>The fields that the group's key is made of.</summary>
    public IEnumerable<SourceField> KeyFields => Fields.Where((_, i) => Keys.Any(k => k.Scalar.Any(s => s is ColumnScalar column && column.Index == i)));

    /// <summary>The aggregates, each once.</summary>
    public required IReadOnlyList<AggregateCall> Aggregates { get; init; }

    /// <summary>What makes rows follow <c>MAX(x)</c>; null for one row a group.</summary>
    public required Timeline? Timeline { get; init; }

    /// <summary>The <c>HAVING</c> over keys and aggregates; null for all rows.</summary>
    public required Scalar? Having { get; init; }

    /// <summary>One expression per sink column, over keys, aggregates, bucket and clock.</summary>
    public required IReadOnlyList<Scalar> Outputs { get; init; }

    /// <summary>The query, if it takes more than one grouping of one source; then <see cref="Outputs"/> are over its columns, and fields, keys and aggregates are empty.</summary>
    public Query? Dataflow { get; init; }

    /// <summary>The tables it reads.</summary>
    public IReadOnlyList<TableDefinition> Sources => Dataflow?.Sources ?? [Source];

    /// <summary>The tables it looks rows up in.</summary>
    public IReadOnlyList<TableDefinition> Lookups => Dataflow?.Lookups ?? [];

    /// <summary>What is evaluated for each event alone, over the fields, so that a value that cannot become what the output makes of it never reaches a group.</summary>
    public required IReadOnlyList<EventCheck> Checks { get; init; }
}

/// <summary>An expression and what the script calls it.</summary>
public sealed record NamedScalar(string Name, Scalar Scalar);

/// <summary>A value of a record that a job needs.</summary>
/// <param name="Path">The names on the way to it: one for a column, more for a field of a <c>ROW</c>.</param>
/// <param name="Type">Its type.</param>
public sealed record SourceField(ValueList<string> Path, SqlType Type)
{
    /// <summary>Where a record stands in the order of records: its timestamp, partition and offset, as bytes that are ordered so. It is no field of the value.</summary>
    public static SourceField RecordOrder { get; } = new(["$order"], SqlType.Bytes) { IsOfRecord = true };

    /// <summary>The record's timestamp. It is no field of the value.</summary>
    public static SourceField RecordTimestamp { get; } = OfRecord("timestamp", SqlType.TimestampLtz(3));

    /// <summary>The record's offset. It is no field of the value.</summary>
    public static SourceField RecordOffset { get; } = OfRecord("offset", SqlType.BigInt);

    /// <summary>What is known of a record beside its value, as Flink's Kafka connector names it: the metadata that columns may be of.</summary>
    public static IReadOnlyDictionary<string, SourceField> Metadata { get; } = new SourceField[]
    {
        OfRecord("topic", SqlType.String),
        OfRecord("partition", SqlType.Int),
        OfRecord("headers", SqlType.Map(SqlType.String, SqlType.Bytes)),
        OfRecord("leader-epoch", SqlType.Int),
        RecordOffset,
        RecordTimestamp,
        OfRecord("timestamp-type", SqlType.String),
    }.ToDictionary(f => f.Path[0][1..]);

    /// <summary>Whether it is no field of the value.</summary>
    public bool IsOfRecord { get; private init; }

    /// <summary>Whether the record has no value, and so deletes its key's row. It is no field of the value.</summary>
    public static SourceField IsTombstone { get; } = OfRecord("tombstone", SqlType.Boolean);

    /// <summary>The path with dots.</summary>
    public string Name => string.Join('.', Path);

    private static SourceField OfRecord(string name, SqlType type) => new(["$" + name], type) { IsOfRecord = true };
}

/// <summary>Rows that follow <c>MAX(x)</c>: one per bucket of x, made of all events up to it.</summary>
/// <param name="Bucket">The bucket of an event, over the fields: x, parsed and cut to what the sink's key shows of it.</param>
/// <param name="Text">What the script says, for plans.</param>
public sealed record Timeline(Scalar Bucket, string Text);

/// <summary>An expression over the fields that must be evaluated without failure, and perhaps to something other than NULL.</summary>
/// <param name="Scalar">The expression.</param>
/// <param name="SinkKey">The sink's key column that it fills, which must not be NULL; null where NULL is fine.</param>
public sealed record EventCheck(Scalar Scalar, string? SinkKey);
