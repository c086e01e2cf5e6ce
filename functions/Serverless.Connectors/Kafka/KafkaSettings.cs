using System.Text.RegularExpressions;
using Confluent.Kafka;
using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Kafka;

/// <summary>How to reach a topic: what a <c>kafka</c> table's options say, in the client library's words. Secrets stay inside.</summary>
public sealed class KafkaSettings
{
    // What a table must name and a producer does not need.
    private const string AnyTopic = "any";

    private readonly Dictionary<string, string> _client = [];
    private readonly List<string> _secrets = [];
    private Func<string, string> _nameOptions = message => message;

    private KafkaSettings(string topic, StartupPosition startup) => (Topic, Startup) = (topic, startup);

    /// <summary>The topic; empty if none was given.</summary>
    public string Topic { get; private set; }

    /// <summary>The brokers.</summary>
    public string BootstrapServers => _client.GetValueOrDefault("bootstrap.servers", "");

    internal StartupPosition Startup { get; }

    /// <summary>Whether connections are made over TLS.</summary>
    internal bool HasTls => Protocol is "ssl" or "sasl_ssl";

    /// <summary>Whether there is a user to log in as.</summary>
    internal bool HasLogin => Protocol is "sasl_ssl" or "sasl_plaintext";

    /// <summary>The options with the user and the password, for errors.</summary>
    internal string LoginFrom { get; private set; } = "'properties.sasl.username' and 'properties.sasl.password'";

    /// <summary>Where the trusted authorities are from, for errors.</summary>
    internal string TrustedFrom { get; private set; } = "this machine's store of authorities (name others with 'properties.ssl.truststore.location' or 'properties.ssl.ca.location')";

    private string Protocol => _client.GetValueOrDefault("security.protocol", "plaintext");

    /// <summary>The settings of brokers that want neither password nor TLS.</summary>
    public static KafkaSettings Plain(string bootstrapServers)
    {
        var settings = new KafkaSettings("", StartupPosition.Default);
        settings._client["bootstrap.servers"] = bootstrapServers;
        return settings;
    }

    /// <summary>The settings of brokers that are reached with some of Kafka's client properties, placeholders filled in.</summary>
    /// <param name="bootstrapServers">The brokers.</param>
    /// <param name="properties">The properties, with or without <c>properties.</c> in front.</param>
    /// <param name="placeholders">Fills in <c>${NAME}</c>.</param>
    /// <param name="nameOptions">Makes an error that names a table's options, as <c>'properties.…'</c>, name what the user wrote; later errors of connections, too.</param>
    /// <exception cref="ConnectorException">A property is unknown or wrong, a setting is missing, or a file cannot be read; it names a table's options.</exception>
    public static KafkaSettings From(string bootstrapServers, IReadOnlyDictionary<string, string> properties, Placeholders placeholders, Func<string, string>? nameOptions = null)
    {
        var options = properties.Select(p => OptionOf(KafkaProperty.WithPrefix(p.Key), p.Value)).Prepend(OptionOf($"{KafkaProperty.Prefix}bootstrap.servers", bootstrapServers)).ToList();
        if (options.GroupBy(o => o.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ConnectorException($"'{twice.Key}' is given twice: keep one");
        var table = new TableDefinition("", default, [], [], new TableOptions([OptionOf("connector", "kafka"), OptionOf("topic", AnyTopic), OptionOf("format", "json"), .. options]));
        var diagnostics = new Diagnostics(new SourceText("", ""));
        new ConnectorCatalog().Describe(table, TableUse.Source, diagnostics);
        if (diagnostics.All.Any(d => d.Severity == Severity.Error))
            throw new ConnectorException(string.Join('\n', diagnostics.All.Where(d => d.Severity == Severity.Error).Select(d => d.Message)));
        var settings = From(table, placeholders);
        settings.Topic = "";
        settings._nameOptions = nameOptions ?? settings._nameOptions;
        return settings;

        static TableOption OptionOf(string name, string value) => new(name, value, default, default);
    }

    /// <summary>The settings of a table, placeholders filled in.</summary>
    /// <param name="table">A <c>kafka</c> table whose options have been checked.</param>
    /// <param name="placeholders">Fills in <c>${NAME}</c>.</param>
    /// <param name="bootstrapServers">Brokers to use instead of the script's, without its security: those of an <see cref="EmbeddedBroker"/>.</param>
    /// <exception cref="ConnectorException">A setting is missing, a file cannot be read, or a value is wrong.</exception>
    public static KafkaSettings From(TableDefinition table, Placeholders placeholders, string? bootstrapServers = null)
    {
        var topic = table.Options.TryGet(out var named, "topic") ? placeholders.Resolve(named)
            : TopicPattern.IsOf(table) ? ""
            : throw new ConnectorException($"'kafka' table '{table.Name}' needs the option 'topic'");
        if (named is not null && KafkaConnector.Topic(topic) is { } notTopic)
            throw new ConnectorException($"table '{table.Name}': 'topic' {notTopic}");
        var settings = new KafkaSettings(topic, StartupPosition.From(table.Options, placeholders));
        if (bootstrapServers is not null)
        {
            settings._client["bootstrap.servers"] = bootstrapServers;
            return settings;
        }
        var converted = new Dictionary<string, string>();
        var used = table.Options.All
            .Select(o => (Option: o, IsProperty: KafkaProperty.TryParse(o, out var p), Property: p))
            .Where(o => o.IsProperty && o.Property.Kind is KafkaPropertyKind.Client or KafkaPropertyKind.Converted)
            .ToList();
        placeholders.Require(used.Where(o => !IsSasl(o.Property)).Select(o => o.Option));
        // Brokers that know no users are told none: a script's user and password need not be set.
        if (!table.Options.TryGet(out var security, "properties.security.protocol")
            || !placeholders.Resolve(security).StartsWith("SASL_", StringComparison.OrdinalIgnoreCase))
            used.RemoveAll(o => IsSasl(o.Property));
        placeholders.Require(used.Select(o => o.Option));
        foreach (var (option, _, property) in used)
        {
            if (property.Name == "sasl.jaas.config" && !Placeholders.IsWhole(option.Value))
            {
                // Filled in after it is cut up: a password may hold quotes.
                converted[property.Name] = option.Value;
                continue;
            }
            var value = placeholders.Resolve(option);
            if (string.IsNullOrWhiteSpace(value) && property.ClientName is "bootstrap.servers" or "metadata.broker.list")
                throw new ConnectorException(Empty(option));
            if (property.IsSecret || (Placeholders.IsIn(option.Value) && property.Name is not ("bootstrap.servers" or "group.id" or "client.id")))
                settings._secrets.Add(value);
            if (property.Kind == KafkaPropertyKind.Converted)
                converted[property.Name] = value;
            else
                settings._client[property.ClientName is "metadata.broker.list" ? "bootstrap.servers" : property.ClientName] = value;
        }
        settings.ConvertJaas(converted, placeholders);
        settings.ConvertStores(converted);
        if (settings._client.GetValueOrDefault("ssl.endpoint.identification.algorithm") is { } algorithm)
            settings._client["ssl.endpoint.identification.algorithm"] = algorithm.Length == 0 ? "none" : algorithm.ToLowerInvariant();
        if (settings._client.GetValueOrDefault("security.protocol") is { } protocol)
            settings._client["security.protocol"] = protocol.ToLowerInvariant();
        return settings;
    }

    private static string Empty(TableOption option) =>
        $"option '{option.Name}' is empty: set {string.Join(" and ", Placeholders.NamesIn(option.Value).Select(n => $"'{n}'").DefaultIfEmpty("it"))} "
        + "to 'host:port', or to several with commas between";

    private static bool IsSasl(KafkaProperty property) => property.Name.StartsWith("sasl.", StringComparison.Ordinal);

    /// <summary>Where the brokers are and how they are talked to; no secret.</summary>
    public override string ToString()
    {
        return Topic.Length == 0 ? $"Kafka at {BootstrapServers} ({Protocol})" : $"topic {Topic} of Kafka at {BootstrapServers} ({Protocol})";
    }

    /// <summary>An error that names a table's options, as whoever made these settings names them.</summary>
    internal string NameOptions(string message) => _nameOptions(message);

    /// <summary>A text of the client library without what nobody is to see.</summary>
    internal string Redact(string text) => _secrets.Where(s => s.Length > 0).OrderByDescending(s => s.Length).Aggregate(
        text,
        // A secret of three letters is one only where it stands alone, or words with it would lose theirs.
        (redacted, secret) => secret.Length < 4
            ? Regex.Replace(redacted, $@"(?<!\w){Regex.Escape(secret)}(?!\w)", "***")
            : redacted.Replace(secret, "***", StringComparison.Ordinal));

    /// <summary>The authorities' certificates as PEM; null if they are the machine's, or cannot be read.</summary>
    internal string? TrustedCertificates()
    {
        if (_client.TryGetValue("ssl.ca.pem", out var pem))
            return pem;
        try
        {
            return _client.TryGetValue("ssl.ca.location", out var file) ? File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal ConsumerConfig ForConsumer(string groupId)
    {
        var config = new ConsumerConfig(new Dictionary<string, string>(_client))
        {
            GroupId = groupId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
            // An offset that is not there is reported, so that what is lost can be told.
            AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Error,
            ConsumeResultFields = "timestamp",
        };
        config.ClientId ??= "serverless";
        // A reader that drains its queue is not to wait a second for the next fetch.
        if (!_client.ContainsKey("fetch.queue.backoff.ms"))
            config.Set("fetch.queue.backoff.ms", "10");
        // Brokers answer one request after another: what else is asked waits behind a fetch that waits for records.
        if (!_client.ContainsKey("fetch.wait.max.ms"))
            config.FetchWaitMaxMs = 50;
        return config;
    }

    internal AdminClientConfig ForAdmin()
    {
        var config = new AdminClientConfig(new Dictionary<string, string>(_client.Where(p => !KafkaPropertyNames.IsConsumerOnly(p.Key))));
        config.ClientId ??= "serverless";
        return config;
    }

    /// <param name="patience">How long a record may wait for the brokers before it fails.</param>
    internal ProducerConfig ForProducer(TimeSpan patience)
    {
        var config = new ProducerConfig(new Dictionary<string, string>(_client.Where(p => !KafkaPropertyNames.IsConsumerOnly(p.Key))))
        {
            Acks = Acks.All,
            LingerMs = 5,
            MessageTimeoutMs = (int)patience.TotalMilliseconds,
            DeliveryReportFields = "none",
        };
        config.ClientId ??= "serverless";
        // What is too large is for the brokers to say, not for the client's own limit of a million bytes.
        config.MessageMaxBytes ??= 100_000_000;
        return config;
    }

    private void ConvertJaas(Dictionary<string, string> converted, Placeholders placeholders)
    {
        if (!converted.TryGetValue("sasl.jaas.config", out var text))
            return;
        if (!JaasConfig.TryParse(text, out var jaas, out var wrong))
            throw new ConnectorException($"'properties.sasl.jaas.config' {wrong}");
        var mechanism = _client.GetValueOrDefault("sasl.mechanism", _client.GetValueOrDefault("sasl.mechanisms", ""));
        if (mechanism.Length > 0 && !jaas.Fits(mechanism))
            throw new ConnectorException($"'properties.sasl.jaas.config' names {jaas.Module}, which does not go with 'properties.sasl.mechanism' = '{mechanism}'");
        if (mechanism.Length == 0)
            _client["sasl.mechanism"] = jaas.Module == "PlainLoginModule"
                ? "PLAIN"
                : throw new ConnectorException("'properties.sasl.jaas.config' names ScramLoginModule: set 'properties.sasl.mechanism' to 'SCRAM-SHA-256' or 'SCRAM-SHA-512'");
        _client["sasl.username"] = placeholders.Resolve("properties.sasl.jaas.config", jaas.Username);
        _client["sasl.password"] = placeholders.Resolve("properties.sasl.jaas.config", jaas.Password);
        _secrets.Add(_client["sasl.password"]);
        LoginFrom = "'properties.sasl.jaas.config'";
    }

    private void ConvertStores(Dictionary<string, string> converted)
    {
        if (converted.TryGetValue("ssl.truststore.location", out var truststore))
            _client["ssl.ca.pem"] = PemStore.ReadTrusted("properties.ssl.truststore.location", truststore, converted.GetValueOrDefault("ssl.truststore.password"));
        else if (converted.TryGetValue("ssl.truststore.certificates", out var certificates))
            _client["ssl.ca.pem"] = certificates;
        var trusted = ((string[])["ssl.truststore.location", "ssl.truststore.certificates"]).FirstOrDefault(converted.ContainsKey)
            ?? ((string[])["ssl.ca.pem", "ssl.ca.location"]).FirstOrDefault(_client.ContainsKey);
        if (trusted is not null)
            TrustedFrom = $"'{KafkaProperty.Prefix}{trusted}'";
        if (converted.TryGetValue("ssl.keystore.location", out var keystore))
        {
            var (key, chain) = PemStore.ReadKey(
                "properties.ssl.keystore.location", keystore, converted.GetValueOrDefault("ssl.keystore.password"), _client.GetValueOrDefault("ssl.key.password"));
            (_client["ssl.key.pem"], _client["ssl.certificate.pem"]) = (key, chain);
            _client.Remove("ssl.key.password"); // the key is open now
            _secrets.Add(key);
        }
        else if (converted.TryGetValue("ssl.keystore.key", out var key))
        {
            _client["ssl.key.pem"] = key;
            if (converted.TryGetValue("ssl.keystore.certificate.chain", out var chain))
                _client["ssl.certificate.pem"] = chain;
        }
    }
}
