using System.Globalization;
using System.Text.RegularExpressions;
using Serverless.Connectors.Options;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// Reads what a <c>kafka</c> table says as a Kafka trigger's properties, or says what a trigger cannot honour and what to do instead. The host reads
/// topics itself, and its scaler asks the brokers for the lag from outside the app, so both get app settings and no file.
/// </summary>
/// <param name="table">The table; its options have been checked.</param>
/// <param name="settings">Gives the value of a <c>${NAME}</c>; null if there is none, which is told elsewhere.</param>
/// <param name="offsetReset">host.json's <c>extensions.kafka.autoOffsetReset</c>, which holds for all triggers.</param>
/// <param name="diagnostics">Gets the errors.</param>
public sealed partial class KafkaTriggerReader(TableDefinition table, Func<string, string?> settings, string offsetReset, Diagnostics diagnostics)
{
    private const string LagThreshold = "scale.lag-threshold";

    private readonly Dictionary<string, string> _properties = [];
    private readonly Placeholders _placeholders = new(name => settings(name) ?? "");

    /// <summary>Reads the table.</summary>
    /// <returns>Null if there is an error.</returns>
    public KafkaTrigger? Read()
    {
        var before = diagnostics.All.Count(d => d.Severity == Severity.Error);
        if (!table.Options.TryGet(out var topic, "topic"))
            throw new ConnectorException($"'kafka' table '{table.Name}' needs the option 'topic'");
        _properties["topic"] = Reference(topic.Value);
        CheckStart();
        var used = table.Options.All.Select(o => (Option: o, IsProperty: KafkaProperty.TryParse(o, out var p), Property: p)).Where(o => o.IsProperty).ToList();
        var hasUsers = ReadProtocol();
        if (hasUsers)
            ReadUser();
        foreach (var (option, _, property) in used)
            if (property.Kind is KafkaPropertyKind.Client or KafkaPropertyKind.Converted && !property.Name.StartsWith("sasl.", StringComparison.Ordinal))
                Read(option, property);
        return diagnostics.All.Count(d => d.Severity == Severity.Error) > before
            ? null
            : new KafkaTrigger(_placeholders.Resolve(topic), Value("properties.group.id") ?? ConsumerGroup.DefaultId, ReadLagThreshold(), _properties);
    }

    private void Read(TableOption option, KafkaProperty property)
    {
        switch (property.Name)
        {
            case "bootstrap.servers" or "metadata.broker.list":
                _properties["brokerList"] = Reference(option.Value);
                break;
            case "group.id" or "security.protocol" or "auto.offset.reset" or "ssl.truststore.password" or "ssl.truststore.type" or "ssl.keystore.password" or "ssl.keystore.type":
                break; // read with what they belong to
            case "ssl.ca.pem" or "ssl.truststore.certificates":
                ReadAuthority(option);
                break;
            case "ssl.certificate.pem" or "ssl.keystore.certificate.chain":
                Credential("sslCertificatePEM", option, option.Value);
                break;
            case "ssl.key.pem" or "ssl.keystore.key":
                ReadKey(option);
                break;
            case "ssl.key.password":
                Credential("sslKeyPassword", option, option.Value);
                break;
            case "ssl.ca.location":
                File("sslCaLocation", option, "properties.ssl.ca.pem");
                break;
            case "ssl.certificate.location":
                File("sslCertificateLocation", option, "properties.ssl.certificate.pem");
                break;
            case "ssl.key.location":
                File("sslKeyLocation", option, "properties.ssl.key.pem");
                break;
            case "ssl.truststore.location":
                Refuse(
                    option,
                    "it is a file, and a trigger's scaler sees app settings only: print it with 'serverless-sql truststore FILE', put that into an app setting, "
                    + "and write 'properties.ssl.truststore.certificates' = '${NAME}'");
                break;
            case "ssl.keystore.location":
                Refuse(
                    option,
                    "it is a file, and a trigger's scaler sees app settings only: put the key (openssl pkcs12 -nocerts -noenc) and its certificate (openssl pkcs12 -nokeys) "
                    + "into app settings as PEM, and write 'properties.ssl.keystore.key' = '${NAME}' and 'properties.ssl.keystore.certificate.chain' = '${NAME}'");
                break;
            case "enable.ssl.certificate.verification" when Is(option, "true"):
            case "ssl.endpoint.identification.algorithm" when Is(option, "https"):
                break;
            case "enable.ssl.certificate.verification" or "ssl.endpoint.identification.algorithm":
                Refuse(option, "a trigger always makes sure that a broker is the one its certificate names: remove it, and have the brokers' certificates name them");
                break;
            default:
                Refuse(
                    option,
                    HostJson().TryGetValue(property.Name, out var name)
                        ? $"a trigger has no consumer settings of its own: remove it, and set 'extensions.kafka.{name}' in host.json, for all jobs"
                        : "a trigger has no consumer settings of its own: remove it");
                break;
        }
    }

    // Whether there is a user to log in as.
    private bool ReadProtocol()
    {
        switch (Value("properties.security.protocol")?.ToUpperInvariant())
        {
            case null or "" or "PLAINTEXT":
                return false;
            case "SSL":
                _properties["protocol"] = "Ssl";
                return false;
            case "SASL_PLAINTEXT":
                _properties["protocol"] = "SaslPlaintext";
                return true;
            case "SASL_SSL":
                _properties["protocol"] = "SaslSsl";
                return true;
            default:
                table.Options.TryGet(out var option, "properties.security.protocol");
                diagnostics.Error(option!.ValueSpan, $"'{option.Name}' must be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'");
                return false;
        }
    }

    private void ReadUser()
    {
        table.Options.TryGet(out var mechanism, "properties.sasl.mechanism", "properties.sasl.mechanisms");
        table.Options.TryGet(out var jaasOption, "properties.sasl.jaas.config");
        var jaas = jaasOption is null ? null : ReadJaas(jaasOption);
        var mode = mechanism is null ? jaas?.Module == "PlainLoginModule" ? "PLAIN" : "" : _placeholders.Resolve(mechanism).ToUpperInvariant();
        var (authentication, isPassword) = mode switch
        {
            "PLAIN" => ("Plain", true),
            "SCRAM-SHA-256" => ("ScramSha256", true),
            "SCRAM-SHA-512" => ("ScramSha512", true),
            "OAUTHBEARER" => ("OAuthBearer", false),
            _ => ("", false),
        };
        if (authentication.Length == 0)
        {
            if (mechanism is not null)
                Refuse(mechanism, "a trigger logs in with PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER");
            else if (jaasOption is null || jaas is not null)
                diagnostics.Error(table.Span, $"table '{table.Name}' needs 'properties.sasl.mechanism': PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER");
            return;
        }
        _properties["authenticationMode"] = authentication;
        if (!isPassword)
            ReadOAuth();
        else if (jaasOption is not null)
            Add(jaas is null ? null : (jaasOption, jaas.Username, jaasOption, jaas.Password));
        else if (table.Options.TryGet(out var username, "properties.sasl.username") && table.Options.TryGet(out var password, "properties.sasl.password"))
            Add((username, username.Value, password, password.Value));
        else
            diagnostics.Error(table.Span, $"table '{table.Name}' needs 'properties.sasl.username' and 'properties.sasl.password', or 'properties.sasl.jaas.config' with both");

        void Add((TableOption UserOption, string User, TableOption PasswordOption, string Password)? login)
        {
            if (login is not var (userOption, user, passwordOption, password))
                return;
            Credential("username", userOption, user, ReferenceEquals(userOption, passwordOption) ? "username" : null);
            Credential("password", passwordOption, password, ReferenceEquals(userOption, passwordOption) ? "password" : null);
        }
    }

    private JaasConfig? ReadJaas(TableOption option)
    {
        if (Placeholders.IsWhole(option.Value))
            Refuse(option, "a trigger takes user and password each from an app setting of its own: write it out, with username=\"${NAME}\" password=\"${NAME}\"");
        else if (!JaasConfig.TryParse(option.Value, out var jaas, out var wrong))
            diagnostics.Error(option.ValueSpan, $"'{option.Name}' {wrong}");
        else
            return jaas;
        return null;
    }

    private void ReadOAuth()
    {
        foreach (var option in table.Options.All.Where(o => o.Name.StartsWith("properties.sasl.", StringComparison.OrdinalIgnoreCase)))
        {
            switch (option.Name["properties.sasl.".Length..].ToLowerInvariant())
            {
                case "oauthbearer.method":
                    _properties["oAuthBearerMethod"] = Is(option, "oidc") ? "Oidc" : "Default";
                    break;
                case "oauthbearer.client.id":
                    Credential("oAuthBearerClientId", option, option.Value);
                    break;
                case "oauthbearer.client.secret":
                    Credential("oAuthBearerClientSecret", option, option.Value);
                    break;
                case "oauthbearer.scope":
                    _properties["oAuthBearerScope"] = Reference(option.Value);
                    break;
                case "oauthbearer.extensions":
                    _properties["oAuthBearerExtensions"] = Reference(option.Value);
                    break;
                case "oauthbearer.token.endpoint.url":
                    _properties["oAuthBearerTokenEndpointUrl"] = Reference(option.Value);
                    break;
                case "mechanism" or "mechanisms":
                    break;
                case "oauthbearer.config":
                    Refuse(option, "a trigger has no such property: use 'properties.sasl.oauthbearer.method' = 'oidc' with client id, secret and token endpoint");
                    break;
            }
        }
    }

    private void ReadAuthority(TableOption option)
    {
        // A certificate is no secret: it may stand in the script.
        if (Placeholders.IsIn(option.Value))
            Credential("sslCaPEM", option, option.Value);
        else
            _properties["sslCaPEM"] = option.Value;
        if (Placeholders.NamesIn(option.Value).Any(n => settings(n) is null))
            return;
        switch (Certificate().Count(_placeholders.Resolve(option)))
        {
            case 0:
                diagnostics.Error(option.ValueSpan, $"'{option.Name}' holds no certificate: it must be PEM text, with '-----BEGIN CERTIFICATE-----'");
                break;
            case > 1 and var count:
                diagnostics.Warning(option.ValueSpan, $"'{option.Name}' holds {count} certificates, of which a trigger takes the first: make that the authority's that signed the brokers' certificates");
                break;
        }
    }

    private void ReadKey(TableOption option)
    {
        Credential("sslKeyPEM", option, option.Value);
        if (Placeholders.IsWhole(option.Value) && settings(Placeholders.NamesIn(option.Value)[0]) is { } key && !key.Contains("-----BEGIN PRIVATE KEY-----", StringComparison.Ordinal))
            diagnostics.Error(option.ValueSpan, $"'{option.Name}' must be a PEM text with '-----BEGIN PRIVATE KEY-----', which is what a trigger looks for: convert it with 'openssl pkcs8 -topk8 -nocrypt'");
    }

    private void File(string name, TableOption option, string instead)
    {
        _properties[name] = Reference(option.Value);
        diagnostics.Warning(
            option.NameSpan,
            $"'{option.Name}' is a file: the host reads it, its scaler does not and sees no lag; put its text into an app setting and write '{instead}' = '${{NAME}}'");
    }

    // The name alone, not '%NAME%': the scaler resolves that twice, and a password may hold a '%'.
    private void Credential(string name, TableOption option, string value, string? part = null)
    {
        if (!Placeholders.IsWhole(value))
        {
            Refuse(option, $"{(part is null ? "it" : $"its {part}")} must be exactly one '${{NAME}}', as a trigger is given the name of an app setting and never a value: put {(part is null ? "it" : "that")} into an app setting");
            return;
        }
        var setting = Placeholders.NamesIn(value)[0];
        if (settings(setting) is { Length: 0 })
            diagnostics.Error(option.ValueSpan, $"'{option.Name}' needs the setting '{setting}', which is empty");
        else
            _properties[name] = setting;
    }

    private void CheckStart()
    {
        var startup = StartupPosition.From(table.Options, _placeholders);
        if (!table.Options.TryGet(out var option, "scan.startup.mode") && !table.Options.TryGet(out option, "properties.auto.offset.reset"))
            option = null;
        var span = option?.ValueSpan ?? table.Span;
        if (startup.Mode is StartupMode.Timestamp or StartupMode.Offsets)
            diagnostics.Error(span, $"'{option!.Name}' = '{option.Value}' cannot be used: a trigger starts at a topic's beginning or at its end: use 'earliest-offset'");
        else if (startup.Reset == OffsetReset.None)
            diagnostics.Error(span, "'properties.auto.offset.reset' = 'none' cannot be used: a trigger goes on at a topic's beginning or at its end: use 'earliest'");
        else if (!$"{startup.Mode}".Equals(offsetReset, StringComparison.OrdinalIgnoreCase))
            diagnostics.Error(
                span,
                $"table '{table.Name}' is to be read from its {(startup.Mode == StartupMode.Latest ? "end" : "beginning")}, and host.json's 'extensions.kafka.autoOffsetReset', "
                + $"which holds for all jobs of an app, is '{offsetReset}': change one of them, or put the job into an app of its own");
        else if (table.Options.TryGet(out var reset, "properties.auto.offset.reset") && !$"{startup.Reset}".Equals(offsetReset, StringComparison.OrdinalIgnoreCase))
            diagnostics.Error(reset.ValueSpan, $"'{reset.Name}' cannot be '{reset.Value}' where host.json's 'extensions.kafka.autoOffsetReset', which holds for all jobs of an app, is '{offsetReset}'");
    }

    private long? ReadLagThreshold()
    {
        if (!table.Options.TryGet(out var option, LagThreshold))
            return null;
        var value = _placeholders.Resolve(option);
        return OptionChecks.Count(value) is null
            ? long.Parse(value, CultureInfo.InvariantCulture)
            : throw new ConnectorException($"table '{table.Name}': '{option.Name}' {OptionChecks.Count(value)}");
    }

    private void Refuse(TableOption option, string why) => diagnostics.Error(option.NameSpan, $"'{option.Name}' cannot be used: {why}");

    private bool Is(TableOption option, string value) => _placeholders.Resolve(option).Equals(value, StringComparison.OrdinalIgnoreCase);

    private string? Value(string name) => table.Options.TryGet(out var option, name) ? _placeholders.Resolve(option) : null;

    // What the host fills in.
    private static string Reference(string value) => Placeholders.NamesIn(value).Aggregate(value, (text, name) => text.Replace($"${{{name}}}", $"%{name}%", StringComparison.Ordinal));

    private static Dictionary<string, string> HostJson() => new()
    {
        ["reconnect.backoff.ms"] = "reconnectBackoffMs", ["reconnect.backoff.max.ms"] = "reconnectBackoffMaxMs", ["session.timeout.ms"] = "sessionTimeoutMs",
        ["max.poll.interval.ms"] = "maxPollIntervalMs", ["queued.min.messages"] = "queuedMinMessages", ["queued.max.messages.kbytes"] = "queuedMaxMessagesKbytes",
        ["max.partition.fetch.bytes"] = "maxPartitionFetchBytes", ["fetch.message.max.bytes"] = "maxPartitionFetchBytes", ["fetch.max.bytes"] = "fetchMaxBytes",
        ["metadata.max.age.ms"] = "metadataMaxAgeMs", ["socket.keepalive.enable"] = "socketKeepaliveEnable", ["debug"] = "libkafkaDebug",
    };

    [GeneratedRegex("-----BEGIN CERTIFICATE-----")]
    private static partial Regex Certificate();
}
