using Serverless.Engine.Ingest;

namespace Serverless.Engine.Formats;

/// <summary>Who wrote the changes of a database's table as JSON.</summary>
public enum ChangelogJson
{
    /// <summary>Debezium: <c>before</c>, <c>after</c>, <c>op</c>.</summary>
    Debezium,

    /// <summary>Canal: <c>data</c> and <c>old</c>, arrays of rows, <c>type</c>.</summary>
    Canal,

    /// <summary>Maxwell: <c>data</c> and <c>old</c>, <c>type</c>.</summary>
    Maxwell,
}

/// <summary>The changes of a database's table: each takes away the row as it was, and adds it as it is.</summary>
/// <param name="Kind">Who wrote them.</param>
/// <param name="Json">The options of json, for the rows.</param>
/// <param name="HasSchema"><c>debezium-json.schema-include</c>: the change is the <c>payload</c> of an object that also has its schema.</param>
/// <param name="Database"><c>canal-json.database.include</c>: a pattern of the databases whose changes count; null for all.</param>
/// <param name="Table"><c>canal-json.table.include</c>: the same of tables.</param>
public sealed record ChangelogJsonFormat(ChangelogJson Kind, JsonFormat Json, bool HasSchema = false, string? Database = null, string? Table = null) : IRecordFormat
{
    /// <inheritdoc />
    public bool IgnoreParseErrors => Json.IgnoreParseErrors;

    /// <inheritdoc />
    public bool IsChangelog => true;

    /// <inheritdoc />
    public override string ToString() => $"{Kind} {HasSchema} {Database} {Table} {Json}";

    /// <inheritdoc />
    RecordDecoder IRecordFormat.Decoder(IReadOnlyList<SourceField> fields, TimeZoneInfo zone) => Kind switch
    {
        ChangelogJson.Debezium => new DebeziumDecoder(this, fields, zone),
        ChangelogJson.Canal => new CanalDecoder(this, fields, zone),
        _ => new MaxwellDecoder(this, fields, zone),
    };
}
