using System.Globalization;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Kafka;

/// <summary>Where reading starts in a partition that has no committed offset.</summary>
internal enum StartupMode
{
    Earliest,
    Latest,
    Timestamp,
    Offsets,
}

/// <summary>What happens where an offset is not in the topic any more.</summary>
internal enum OffsetReset
{
    Earliest,
    Latest,
    None,
}

/// <summary>Where a script says that reading starts.</summary>
/// <param name="Mode">Which kind of position.</param>
/// <param name="Timestamp">For <see cref="StartupMode.Timestamp"/>: milliseconds since 1970-01-01 UTC.</param>
/// <param name="Offsets">For <see cref="StartupMode.Offsets"/>: by partition; one not named starts at its beginning.</param>
/// <param name="Reset">What happens where an offset is not in the topic any more.</param>
internal sealed record StartupPosition(StartupMode Mode, long Timestamp, IReadOnlyDictionary<int, long> Offsets, OffsetReset Reset)
{
    private static readonly Dictionary<int, long> NoOffsets = [];

    /// <summary>At the beginning, so that the result is a function of all records.</summary>
    public static StartupPosition Default { get; } = new(StartupMode.Earliest, 0, NoOffsets, OffsetReset.Earliest);

    public static StartupPosition From(TableOptions options, Placeholders placeholders)
    {
        var reset = (Value("properties.auto.offset.reset") ?? "earliest").ToUpperInvariant() switch
        {
            "LATEST" or "LARGEST" => OffsetReset.Latest,
            "NONE" => OffsetReset.None,
            _ => OffsetReset.Earliest,
        };
        return (Value("scan.startup.mode") ?? "group-offsets").ToLowerInvariant() switch
        {
            "latest-offset" => new(StartupMode.Latest, 0, NoOffsets, reset),
            "timestamp" => new(StartupMode.Timestamp, ParseTimestamp(Value("scan.startup.timestamp-millis")), NoOffsets, reset),
            "specific-offsets" => new(StartupMode.Offsets, 0, ParseOffsets(Value("scan.startup.specific-offsets")), reset),
            "earliest-offset" => new(StartupMode.Earliest, 0, NoOffsets, reset),
            _ => new(reset == OffsetReset.Latest ? StartupMode.Latest : StartupMode.Earliest, 0, NoOffsets, reset),
        };

        string? Value(string name) => options.TryGet(out var option, name) ? placeholders.Resolve(option) : null;
    }

    public static string? CheckOffsets(string value) =>
        TryParseOffsets(value, out _) ? null : "must be like 'partition:0,offset:42;partition:1,offset:300'";

    private static long ParseTimestamp(string? value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp)
            ? timestamp
            : throw new ConnectorException("'scan.startup.timestamp-millis' must be milliseconds since 1970-01-01 UTC");

    private static Dictionary<int, long> ParseOffsets(string? value) => TryParseOffsets(value ?? "", out var offsets)
        ? offsets
        : throw new ConnectorException("'scan.startup.specific-offsets' must be like 'partition:0,offset:42;partition:1,offset:300'");

    private static bool TryParseOffsets(string value, out Dictionary<int, long> offsets)
    {
        offsets = [];
        foreach (var pair in value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = pair.Split(',', StringSplitOptions.TrimEntries);
            if (parts is not [var first, var second]
                || !first.StartsWith("partition:", StringComparison.Ordinal) || !second.StartsWith("offset:", StringComparison.Ordinal)
                || !int.TryParse(first.AsSpan(10), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
                || !long.TryParse(second.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                || !offsets.TryAdd(partition, offset))
                return false;
        }
        return offsets.Count > 0;
    }
}
