using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What the options of a table say of its schema registry.</summary>
internal static class RegistryOptions
{
    private const string Format = "avro-confluent";

    /// <summary>The options, behind each of some prefixes.</summary>
    public static IEnumerable<OptionRule> Rules(string[] prefixes)
    {
        OptionRule Used(string name, Func<string, string?>? check, params string[] former) =>
            OptionRule.Used($"{prefixes[0]}{Format}.{name}", check, [.. prefixes.SelectMany(p => former.Prepend(name).Select(n => $"{p}{Format}.{n}")).Skip(1)]);
        return
        [
            Used("url", Address, "schema-registry.url"),
            Used("subject", OptionChecks.NotEmpty, "schema-registry.subject"),
            Used("basic-auth.credentials-source", OptionChecks.OneOf("USER_INFO")),
            Used("basic-auth.user-info", null),
            Used("bearer-auth.credentials-source", OptionChecks.OneOf("STATIC_TOKEN")),
            Used("bearer-auth.token", null),
            OptionRule.Refused($"{prefixes[0]}{Format}.schema", "the schema is made of the table's columns"),
            OptionRule.Refused($"{prefixes[0]}{Format}.ssl.keystore.location", "the registry is reached without a certificate of one's own"),
            OptionRule.Refused($"{prefixes[0]}{Format}.ssl.truststore.location", "the registry's certificate must be one that this machine trusts"),
        ];
    }

    /// <summary>The registry's address as the script has it; null without one.</summary>
    public static string? Url(TableDefinition table, bool isKey) => Option(table, isKey, "url", "schema-registry.url")?.Value;

    /// <summary>An option of the registry, under any of its names.</summary>
    public static TableOption? Option(TableDefinition table, bool isKey, params string[] names) =>
        table.Options.TryGet(out var option, [.. names.SelectMany(n => isKey ? [$"key.{Format}.{n}"] : (string[])[$"value.{Format}.{n}", $"{Format}.{n}"])]) ? option : null;

    private static string? Address(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } all
        && all.All(a => Uri.TryCreate(a, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") ? null : "must be an address such as 'https://registry:8081'";
}
