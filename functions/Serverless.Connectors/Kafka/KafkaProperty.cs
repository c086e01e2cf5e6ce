using System.Diagnostics.CodeAnalysis;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Kafka;

/// <summary>What becomes of one of Kafka's client properties.</summary>
internal enum KafkaPropertyKind
{
    /// <summary>The client library has it under <see cref="KafkaProperty.ClientName"/>.</summary>
    Client,

    /// <summary>Java's client has it and ours has not; <see cref="KafkaSettings"/> turns it into what ours has.</summary>
    Converted,

    /// <summary>It means nothing here.</summary>
    Ignored,

    /// <summary>It asks for what cannot be done.</summary>
    Refused,

    /// <summary>No Kafka client knows it.</summary>
    Unknown,
}

/// <summary>One <c>properties.*</c> option, in Java's spelling or librdkafka's.</summary>
/// <param name="Name">The name without its prefix, in lower case.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="ClientName">What the client library calls it.</param>
/// <param name="Note">Why it is ignored or refused.</param>
internal readonly record struct KafkaProperty(string Name, KafkaPropertyKind Kind, string ClientName, string Note)
{
    public const string Prefix = "properties.";

    /// <summary>The names to suggest where one is misspelt.</summary>
    public static IEnumerable<string> KnownNames => KafkaPropertyNames.Client.Concat(KafkaPropertyNames.Converted).Concat(KafkaPropertyNames.Renamed.Keys);

    /// <summary>Whether the value is not to be seen by anyone.</summary>
    public bool IsSecret => SecretOptions.IsSecret(Name);

    /// <summary>A property's name with the prefix that options have.</summary>
    public static string WithPrefix(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name : Prefix + name;

    /// <summary>Finds what becomes of an option; false where it does not start with <c>properties.</c></summary>
    public static bool TryParse(TableOption option, [NotNullWhen(true)] out KafkaProperty property)
    {
        property = default;
        if (!option.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return false;
        property = Of(option.Name[Prefix.Length..].ToLowerInvariant());
        return true;
    }

    public static KafkaProperty Of(string name)
    {
        if (KafkaPropertyNames.Client.Contains(name))
            return new(name, KafkaPropertyKind.Client, name, "");
        if (KafkaPropertyNames.Converted.Contains(name))
            return new(name, KafkaPropertyKind.Converted, "", "");
        if (KafkaPropertyNames.Renamed.TryGetValue(name, out var renamed))
            return new(name, KafkaPropertyKind.Client, renamed, "");
        if (KafkaPropertyNames.Ignored.TryGetValue(name, out var why))
            return new(name, KafkaPropertyKind.Ignored, "", why);
        return KafkaPropertyNames.Refused.TryGetValue(name, out why)
            ? new(name, KafkaPropertyKind.Refused, "", why)
            : new(name, KafkaPropertyKind.Unknown, "", "");
    }

    /// <summary>Says what is wrong with a value as written; null if nothing is, or where it is only known when used.</summary>
    public string? Check(string value) => Name switch
    {
        "sasl.jaas.config" when !Placeholders.IsWhole(value) => JaasConfig.TryParse(value, out _, out var wrong) ? null : wrong,
        _ when Placeholders.IsIn(value) => null,
        "bootstrap.servers" when string.IsNullOrWhiteSpace(value) => "must be 'host:port', or several with commas between",
        "security.protocol" when value.ToUpperInvariant() is not ("PLAINTEXT" or "SSL" or "SASL_PLAINTEXT" or "SASL_SSL") =>
            "must be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'",
        "sasl.mechanism" or "sasl.mechanisms" when value.ToUpperInvariant() is not ("PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512" or "OAUTHBEARER" or "GSSAPI") =>
            "must be 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER' or 'GSSAPI'",
        "auto.offset.reset" when value.ToUpperInvariant() is not ("EARLIEST" or "LATEST" or "NONE" or "SMALLEST" or "LARGEST") =>
            "must be 'earliest', 'latest' or 'none'",
        "ssl.truststore.type" or "ssl.keystore.type" when value.ToUpperInvariant() is not ("JKS" or "PKCS12" or "PEM") =>
            "must be 'JKS', 'PKCS12' or 'PEM'",
        _ => null,
    };
}
