namespace Serverless.Engine.Formats;

/// <summary>Flink's formats avro and avro-confluent: the schema that a record was written with is made of the table's columns, or a registry's.</summary>
/// <param name="Schema">The schema of the table's columns.</param>
/// <param name="IsOfRegistry">Whether records begin with the number of their schema.</param>
public sealed record AvroFormat(AvroSchema Schema, bool IsOfRegistry) : IRecordFormat
{
    /// <inheritdoc />
    public bool IgnoreParseErrors => false;

    /// <inheritdoc />
    public override string ToString() => IsOfRegistry ? "avro-confluent" : $"avro {Schema.Text}";

    /// <inheritdoc />
    RecordDecoder IRecordFormat.Decoder(IReadOnlyList<SourceField> fields, TimeZoneInfo zone) => new AvroDecoder(this, fields);
}
