using System.Collections.Frozen;

namespace Serverless.Connectors.Kafka;

/// <summary>The names of Kafka's client properties, by what becomes of them.</summary>
internal static class KafkaPropertyNames
{
    private const string OwnCommits = "offsets are committed after the rows are written";
    private const string NoRebalance = "the job reads all partitions itself; no group shares them out";
    private const string JavaOnly = "only Java's client has it";

    /// <summary>What the client library has, under its own name.</summary>
    public static readonly FrozenSet<string> Client = FrozenSet.ToFrozenSet(
    [
        "bootstrap.servers", "metadata.broker.list", "group.id", "client.id", "client.rack", "client.dns.lookup",
        "message.max.bytes", "message.copy.max.bytes", "receive.message.max.bytes", "max.in.flight.requests.per.connection",
        "metadata.recovery.strategy", "metadata.recovery.rebootstrap.trigger.ms", "metadata.request.timeout.ms", "metadata.max.age.ms",
        "topic.metadata.refresh.interval.ms", "topic.metadata.refresh.fast.interval.ms", "topic.metadata.refresh.sparse",
        "topic.metadata.propagation.max.ms", "topic.blacklist", "debug", "log_level", "log.connection.close",
        "socket.timeout.ms", "socket.send.buffer.bytes", "socket.receive.buffer.bytes", "socket.keepalive.enable", "socket.nagle.disable",
        "socket.max.fails", "socket.connection.setup.timeout.ms", "broker.address.ttl", "broker.address.family",
        "connections.max.idle.ms", "reconnect.backoff.ms", "reconnect.backoff.max.ms", "retry.backoff.ms", "retry.backoff.max.ms",
        "api.version.request", "api.version.request.timeout.ms", "api.version.fallback.ms", "broker.version.fallback",
        "security.protocol", "ssl.cipher.suites", "ssl.curves.list", "ssl.sigalgs.list", "ssl.key.location", "ssl.key.password",
        "ssl.key.pem", "ssl.certificate.location", "ssl.certificate.pem", "ssl.ca.location", "ssl.ca.pem", "ssl.ca.certificate.stores",
        "ssl.crl.location", "enable.ssl.certificate.verification", "ssl.endpoint.identification.algorithm",
        "sasl.mechanism", "sasl.mechanisms", "sasl.username", "sasl.password", "sasl.kerberos.service.name", "sasl.kerberos.principal",
        "sasl.kerberos.kinit.cmd", "sasl.kerberos.keytab", "sasl.kerberos.min.time.before.relogin", "sasl.oauthbearer.config",
        "sasl.oauthbearer.method", "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.scope",
        "sasl.oauthbearer.extensions", "sasl.oauthbearer.token.endpoint.url", "enable.sasl.oauthbearer.unsecure.jwt",
        "queued.min.messages", "queued.max.messages.kbytes", "fetch.wait.max.ms", "fetch.queue.backoff.ms", "fetch.message.max.bytes",
        "max.partition.fetch.bytes", "fetch.max.bytes", "fetch.min.bytes", "fetch.error.backoff.ms", "isolation.level", "check.crcs",
        "max.poll.interval.ms", "session.timeout.ms", "heartbeat.interval.ms", "coordinator.query.interval.ms", "enable.metrics.push",
    ]);

    /// <summary>What the settings turn into something the client library has, or read themselves.</summary>
    public static readonly FrozenSet<string> Converted = FrozenSet.ToFrozenSet(
    [
        "sasl.jaas.config", "auto.offset.reset", "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.type",
        "ssl.truststore.certificates", "ssl.keystore.location", "ssl.keystore.password", "ssl.keystore.type", "ssl.keystore.key",
        "ssl.keystore.certificate.chain",
    ]);

    /// <summary>Java's names of what the client library has under another.</summary>
    public static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>
    {
        ["fetch.max.wait.ms"] = "fetch.wait.max.ms",
        ["receive.buffer.bytes"] = "socket.receive.buffer.bytes",
        ["send.buffer.bytes"] = "socket.send.buffer.bytes",
        ["request.timeout.ms"] = "socket.timeout.ms",
        ["socket.connection.setup.timeout.max.ms"] = "socket.connection.setup.timeout.ms",
        ["sasl.kerberos.min.time.before.relogin.ms"] = "sasl.kerberos.min.time.before.relogin",
        ["sasl.kerberos.kinit.cmd.path"] = "sasl.kerberos.kinit.cmd",
    }.ToFrozenDictionary();

    /// <summary>What is accepted and does nothing, with the reason.</summary>
    public static readonly FrozenDictionary<string, string> Ignored = new (string Why, string[] Names)[]
    {
        (OwnCommits, ["enable.auto.commit", "auto.commit.interval.ms", "enable.auto.offset.store", "offset.store.method"]),
        (NoRebalance, ["partition.assignment.strategy", "group.instance.id", "group.protocol", "group.remote.assignor", "internal.leave.group.on.close"]),
        ("a batch's size is the job's to choose", ["max.poll.records"]),
        ("topics are never made by reading them", ["allow.auto.create.topics"]),
        ("new partitions are looked for every 30 seconds", ["partition.discovery.interval.ms"]),
        ("records are read as bytes", ["key.deserializer", "value.deserializer", "key.serializer", "value.serializer"]),
        (JavaOnly,
        [
            "default.api.timeout.ms", "exclude.internal.topics", "interceptor.classes", "metric.reporters", "metrics.num.samples",
            "metrics.recording.level", "metrics.sample.window.ms", "auto.include.jmx.reporter", "security.providers", "ssl.protocol",
            "ssl.enabled.protocols", "ssl.provider", "ssl.trustmanager.algorithm", "ssl.keymanager.algorithm",
            "ssl.secure.random.implementation", "sasl.login.class", "sasl.login.callback.handler.class",
            "sasl.login.refresh.buffer.seconds", "sasl.login.refresh.min.period.seconds", "sasl.login.refresh.window.factor",
            "sasl.login.refresh.window.jitter", "sasl.login.connect.timeout.ms", "sasl.login.read.timeout.ms",
            "sasl.kerberos.ticket.renew.jitter", "sasl.kerberos.ticket.renew.window.factor", "throw.on.fetch.stable.offset.unsupported",
            "commit.offsets.on.checkpoint", "register.consumer.metrics", "client.id.prefix",
        ]),
        ("records are produced with acks=all, in batches of the client library's", ["acks", "retries", "linger.ms", "batch.size", "buffer.memory", "compression.type", "enable.idempotence", "transaction.timeout.ms", "transactional.id", "max.request.size", "delivery.timeout.ms", "max.block.ms"]),
    }.SelectMany(group => group.Names.Select(name => (name, group.Why))).ToFrozenDictionary(pair => pair.name, pair => pair.Why);

    /// <summary>What asks for something that cannot be done, with the remedy.</summary>
    public static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["sasl.client.callback.handler.class"] = "it is a Java class; use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER",
        ["ssl.engine.factory.class"] = "it is a Java class; use 'properties.ssl.truststore.location' or 'properties.ssl.ca.location'",
        ["plugin.library.paths"] = "a script loads no code",
        ["test.mock.num.brokers"] = "run with --embedded for a broker in the process",
    }.ToFrozenDictionary();

    /// <summary>Whether only reading needs it; a producer would complain of it.</summary>
    public static bool IsConsumerOnly(string name) =>
        name is "group.id" or "isolation.level" or "check.crcs" or "session.timeout.ms" or "heartbeat.interval.ms" or "max.poll.interval.ms"
            or "coordinator.query.interval.ms" or "max.partition.fetch.bytes"
        || name.StartsWith("fetch.", StringComparison.Ordinal) || name.StartsWith("queued.", StringComparison.Ordinal);
}
