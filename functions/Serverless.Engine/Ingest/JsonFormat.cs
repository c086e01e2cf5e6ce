using Serverless.Engine.Formats;

namespace Serverless.Engine.Ingest;

/// <summary>Flink's options of the json format.</summary>
/// <param name="IgnoreParseErrors"><c>json.ignore-parse-errors</c>: a value that does not fit is NULL, a record that is no JSON is skipped.</param>
/// <param name="FailOnMissingField"><c>json.fail-on-missing-field</c>: an absent field makes the record a dead letter.</param>
/// <param name="IsoTimestamps"><c>json.timestamp-format.standard</c> = ISO-8601: <c>2021-12-01T19:10:00</c> rather than <c>2021-12-01 19:10:00</c>.</param>
public sealed record JsonFormat(bool IgnoreParseErrors = false, bool FailOnMissingField = false, bool IsoTimestamps = false) : IRecordFormat
{
    /// <summary>What stands in front of its options; no part of what it is.</summary>
    internal string Name { get; init; } = "json";

    /// <inheritdoc />
    RecordDecoder IRecordFormat.Decoder(IReadOnlyList<SourceField> fields, TimeZoneInfo zone) => new JsonDecoder(fields, this, zone);
}
