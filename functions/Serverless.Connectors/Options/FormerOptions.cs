using System.Globalization;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>The names that options had in Flink 1.9 to 1.11 and in Blink, with those of today. What they say stays the same.</summary>
internal static class FormerOptions
{
    private const string Type = "connector.type";
    private const string PairPrefix = "connector.properties.";
    private const string OffsetsPrefix = "connector.specific-offsets.";
    private const string HostsPrefix = "connector.hosts.";
    private const string FormatPrefix = "format.";
    private const string FieldsPrefix = "format.fields.";

    // Of Flink up to 1.10, and of 1.11, which still took them. Null: nothing of today says it, and nothing depends on it.
    private static readonly Dictionary<string, string?> OfFlink = new(StringComparer.OrdinalIgnoreCase)
    {
        [Type] = "connector",
        ["connector.version"] = null,
        ["connector.property-version"] = null,
        ["update-mode"] = null,
        ["connector.topic"] = "topic",
        ["connector.startup-mode"] = "scan.startup.mode",
        ["connector.specific-offsets"] = "scan.startup.specific-offsets",
        ["connector.startup-timestamp-millis"] = "scan.startup.timestamp-millis",
        ["connector.sink-partitioner"] = "sink.partitioner",
        ["connector.sink-partitioner-class"] = "sink.partitioner",
        ["connector.path"] = "path",
        ["connector.url"] = "url",
        ["connector.table"] = "table-name",
        ["connector.driver"] = "driver",
        ["connector.username"] = "username",
        ["connector.password"] = "password",
        ["connector.read.partition.column"] = "scan.partition.column",
        ["connector.read.partition.num"] = "scan.partition.num",
        ["connector.read.partition.lower-bound"] = "scan.partition.lower-bound",
        ["connector.read.partition.upper-bound"] = "scan.partition.upper-bound",
        ["connector.read.fetch-size"] = "scan.fetch-size",
        ["connector.lookup.cache.max-rows"] = "lookup.cache.max-rows",
        ["connector.lookup.cache.ttl"] = "lookup.cache.ttl",
        ["connector.lookup.max-retries"] = "lookup.max-retries",
        ["connector.hosts"] = "hosts",
        ["connector.index"] = "index",
        ["connector.document-type"] = "document-type",
        ["connector.key-delimiter"] = "document-id.key-delimiter",
        ["connector.key-null-literal"] = null, // a part of a primary key is never NULL
        ["connector.failure-handler"] = "failure-handler",
        ["connector.failure-handler-class"] = "failure-handler",
        ["connector.flush-on-checkpoint"] = "sink.flush-on-checkpoint",
        ["connector.bulk-flush.max-actions"] = "sink.bulk-flush.max-actions",
        ["connector.bulk-flush.max-size"] = "sink.bulk-flush.max-size",
        ["connector.bulk-flush.interval"] = "sink.bulk-flush.interval",
        ["connector.bulk-flush.backoff.type"] = "sink.bulk-flush.backoff.strategy",
        ["connector.bulk-flush.backoff.max-retries"] = "sink.bulk-flush.backoff.max-retries",
        ["connector.bulk-flush.backoff.delay"] = "sink.bulk-flush.backoff.delay",
        ["connector.connection-max-retry-timeout"] = "connection.timeout",
        ["connector.connection-path-prefix"] = "connection.path-prefix",
        ["connector.write.flush.max-rows"] = "sink.buffer-flush.max-rows",
        ["connector.write.flush.interval"] = "sink.buffer-flush.interval",
        ["connector.write.max-retries"] = "sink.max-retries",
        ["format.type"] = "format",
        ["format.property-version"] = null,
        ["format.derive-schema"] = null,
        ["format.schema"] = null,
        ["format.json-schema"] = null,
        ["format.avro-schema"] = null,
        ["format.record-class"] = null,
    };

    // Of Blink's kafka08 to kafka011.
    private static readonly Dictionary<string, string?> OfBlink = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bootstrap.servers"] = "properties.bootstrap.servers",
        ["group.id"] = "properties.group.id",
        ["zookeeper.connect"] = null,
        ["startupMode"] = "scan.startup.mode",
        ["startTimeMs"] = "scan.startup.timestamp-millis",
        ["partitionDiscoveryIntervalMS"] = "scan.topic-partition-discovery.interval",
    };

    /// <summary>Returns the options under the names of today; the same if they have these already.</summary>
    public static TableOptions Renamed(TableOptions options, Diagnostics diagnostics)
    {
        if (options.TryGet(out var type, Type))
        {
            var renamed = FromFlink(options).ToList();
            diagnostics.Notice(type.NameSpan, $"'{type.Name}' and the options beside it have the names of Flink up to 1.10; they are read as {string.Join(", ", renamed.Select(o => $"'{o.Name}'"))}");
            return Last(renamed);
        }

        if (!options.TryGet(out var name, "connector", "type") || KafkaOf(name.Value) is not { } kafka)
            return options;
        if (name.Name.Equals("connector", StringComparison.OrdinalIgnoreCase))
            return Last(options.All.Select(o => o == name ? o with { Value = kafka } : o));
        var blink = FromBlink(options, kafka).ToList();
        diagnostics.Notice(name.NameSpan, $"'{name.Name}' = '{name.Value}' and the options beside it have the names of Blink; they are read as {string.Join(", ", blink.Select(o => $"'{o.Name}'"))}");
        return Last(blink);
    }

    private static IEnumerable<TableOption> FromFlink(TableOptions options)
    {
        var format = options.TryGet(out var named, "format.type") ? named.Value.Trim().ToLowerInvariant() : "json";
        foreach (var option in options.All)
        {
            if (OfFlink.TryGetValue(option.Name, out var name))
            {
                if (name is not null)
                    yield return option with { Name = name, Value = name == "connector" ? Today(option.Value, options) : option.Value };
            }
            else if (Numbered(option, PairPrefix) is var (number, part))
            {
                if (part == "key" && options.TryGet(out var value, $"{PairPrefix}{number}.value"))
                    yield return new TableOption("properties." + option.Value, value.Value, option.ValueSpan, value.ValueSpan);
            }
            else if (Numbered(option, OffsetsPrefix) is var (at, side))
            {
                // Flink of today has them in one.
                if (at == "0" && side == "partition")
                    yield return option with { Name = "scan.startup.specific-offsets", Value = Offsets(options) };
            }
            else if (option.Name.StartsWith(HostsPrefix, StringComparison.OrdinalIgnoreCase))
            {
                if (option.Name.Equals(HostsPrefix + "0.hostname", StringComparison.OrdinalIgnoreCase))
                    yield return option with { Name = "hosts", Value = Hosts(options) };
            }
            else if (option.Name.StartsWith(PairPrefix, StringComparison.OrdinalIgnoreCase))
            {
                yield return option with { Name = "properties." + option.Name[PairPrefix.Length..] };
            }
            else if (option.Name.StartsWith(FieldsPrefix, StringComparison.OrdinalIgnoreCase))
            {
                // The fields of the format are the table's columns: the table says what they are.
            }
            else if (option.Name.StartsWith(FormatPrefix, StringComparison.OrdinalIgnoreCase))
            {
                yield return option with { Name = $"{format}.{option.Name[FormatPrefix.Length..]}" };
            }
            else
            {
                yield return option;
            }
        }
    }

    private static IEnumerable<TableOption> FromBlink(TableOptions options, string kafka)
    {
        foreach (var option in options.All)
        {
            if (option.Name.Equals("type", StringComparison.OrdinalIgnoreCase))
                yield return option with { Name = "connector", Value = kafka };
            else if (option.Name.Equals("extraConfig", StringComparison.OrdinalIgnoreCase))
                foreach (var pair in option.Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(p => p.Split('=', 2)))
                    yield return option with { Name = "properties." + pair[0], Value = pair[^1] };
            else if (!OfBlink.TryGetValue(option.Name, out var name))
                yield return option;
            else if (name is not null)
                yield return option with { Name = name, Value = name == "scan.startup.mode" ? StartupMode(option.Value) : option.Value };
        }

        // Blink's source gives bytes; what takes them apart is written beside it, or in the query.
        if (!options.TryGet(out _, "format", "value.format"))
            yield return new TableOption("format", "raw", default, default);
    }

    private static string StartupMode(string value) => value.Trim().ToUpperInvariant() switch
    {
        "EARLIEST" => "earliest-offset",
        "LATEST" => "latest-offset",
        "GROUP_OFFSETS" => "group-offsets",
        "TIMESTAMP" => "timestamp",
        "SPECIFIC_OFFSETS" => "specific-offsets",
        _ => value,
    };

    private static string? KafkaOf(string connector) => connector.Trim().ToLowerInvariant() is "kafka011" or "kafka010" or "kafka09" or "kafka08" or "kafka-0.11" or "kafka-0.10" or "kafka-0.9" or "kafka-0.8"
        ? "kafka"
        : null;

    // What has its version beside it, too.
    private static string Today(string connector, TableOptions options) =>
        !connector.Trim().Equals("elasticsearch", StringComparison.OrdinalIgnoreCase) ? KafkaOf(connector) ?? connector
        : $"elasticsearch-{(options.TryGet(out var version, "connector.version") && version.Value.Trim().StartsWith('6') ? 6 : 7)}";

    private static (string Number, string Part)? Numbered(TableOption option, string prefix)
    {
        if (!option.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return null;
        var parts = option.Name[prefix.Length..].Split('.');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) && parts[1].ToLowerInvariant() is "key" or "value" or "partition" or "offset"
            ? (parts[0], parts[1].ToLowerInvariant())
            : null;
    }

    private static string Offsets(TableOptions options)
    {
        var pairs = new List<string>();
        while (options.TryGet(out var partition, $"{OffsetsPrefix}{pairs.Count}.partition") && options.TryGet(out var offset, $"{OffsetsPrefix}{pairs.Count}.offset"))
            pairs.Add($"partition:{partition.Value},offset:{offset.Value}");
        return string.Join(';', pairs);
    }

    private static string Hosts(TableOptions options)
    {
        var hosts = new List<string>();
        while (options.TryGet(out var host, $"{HostsPrefix}{hosts.Count}.hostname"))
        {
            var port = options.TryGet(out var number, $"{HostsPrefix}{hosts.Count}.port") ? number.Value : "9200";
            hosts.Add($"{(options.TryGet(out var protocol, $"{HostsPrefix}{hosts.Count}.protocol") ? protocol.Value : "http")}://{host.Value}:{port}");
        }

        return string.Join(';', hosts);
    }

    // Of two names of one option the last counts, as in Flink's map of them.
    private static TableOptions Last(IEnumerable<TableOption> options) =>
        new([.. options.Reverse().DistinctBy(o => o.Name, StringComparer.OrdinalIgnoreCase).Reverse()]);
}
