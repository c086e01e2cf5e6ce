namespace Serverless.Connectors.Options;

/// <summary>The options of the one format there is.</summary>
internal static class JsonFormat
{
    public static IEnumerable<OptionRule> Options =>
    [
        OptionRule.Used("format", Json, "value.format") with { IsRequired = true },
        OptionRule.Used("json.ignore-parse-errors", OptionChecks.Boolean, "value.json.ignore-parse-errors"),
        OptionRule.Used("json.fail-on-missing-field", OptionChecks.Boolean, "value.json.fail-on-missing-field"),
        OptionRule.Used("json.timestamp-format.standard", OptionChecks.OneOf("SQL", "ISO-8601"), "value.json.timestamp-format.standard"),
        .. OptionRule.Ignored("maps are not read", "json.map-null-key.mode", "json.map-null-key.literal"),
        .. OptionRule.Ignored("decimals are always written plainly", "json.encode.decimal-as-plain-number"),
        .. OptionRule.Ignored("the JSON parser is ours", "json.decode.json-parser.enabled"),
    ];

    private static string? Json(string value) => value.Equals("json", StringComparison.OrdinalIgnoreCase)
        ? null
        : "must be 'json', the only format there is";
}
