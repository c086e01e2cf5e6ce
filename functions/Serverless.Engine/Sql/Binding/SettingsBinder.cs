using System.Globalization;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>SET</c> statements to <see cref="JobSettings"/>.</summary>
internal static class SettingsBinder
{
    private const string LostRecords = "execution.state-recovery.ignore-lost-records";

    private static readonly string[] Known =
    [
        "pipeline.name", "table.local-time-zone", "table.exec.legacy-cast-behaviour", "table.exec.state.ttl", "table.exec.source.idle-timeout", "dedup.horizon",
        "table.optimizer.distinct-agg.split.enabled", "table.optimizer.distinct-agg.split.bucket-num",
        "state.cells", LostRecords,
    ];

    /// <summary>State that is forgotten before its records can be told from repeated ones would count them twice.</summary>
    public static JobSettings Raise(JobSettings settings, TextSpan span, Diagnostics diagnostics)
    {
        if (settings.StateTtl is not { } ttl || ttl >= settings.DedupHorizon)
            return settings;
        diagnostics.Notice(span, $"table.exec.state.ttl is raised to dedup.horizon ({settings.DedupHorizon:c}): until then records may be delivered again");
        return settings with { StateTtl = settings.DedupHorizon };
    }

    /// <summary><c>RESET</c>: a setting, or all, as if it had never been set.</summary>
    public static JobSettings Reset(JobSettings settings, ResetStatement reset)
    {
        var initial = new JobSettings();
        return reset.Key?.Text.ToLowerInvariant() switch
        {
            null => initial,
            "table.local-time-zone" => settings with { Zone = initial.Zone },
            "table.exec.legacy-cast-behaviour" => settings with { LegacyCast = initial.LegacyCast },
            "table.exec.state.ttl" => settings with { StateTtl = initial.StateTtl },
            "table.exec.source.idle-timeout" => settings with { SourceIdleTimeout = initial.SourceIdleTimeout },
            "dedup.horizon" => settings with { DedupHorizon = initial.DedupHorizon },
            "table.optimizer.distinct-agg.split.enabled" => settings with { SplitDistinct = initial.SplitDistinct },
            "table.optimizer.distinct-agg.split.bucket-num" => settings with { SplitBuckets = initial.SplitBuckets },
            "state.cells" => settings with { Cells = initial.Cells },
            LostRecords => settings with { IgnoreLostRecords = initial.IgnoreLostRecords },
            _ => settings,
        };
    }

    public static JobSettings Bind(JobSettings settings, SetStatement set, Diagnostics diagnostics)
    {
        var (key, value) = (set.Key.Text.ToLowerInvariant(), set.Value.Text);
        switch (key)
        {
            case "pipeline.name":
                return settings;
            case "table.local-time-zone":
                if (TimeZoneInfo.TryFindSystemTimeZoneById(value, out var zone))
                    return settings with { Zone = zone };
                if (TryOffset(value, out var offset))
                    return settings with { Zone = offset };
                return Error($"'{value}' is no time zone; give a name such as Asia/Shanghai, or an offset such as GMT+08:00");
            case "table.exec.legacy-cast-behaviour":
                return Switch("ENABLED", "DISABLED") is { } legacy ? settings with { LegacyCast = legacy } : settings;
            case "table.exec.state.ttl":
                return Duration() is { } ttl ? settings with { StateTtl = ttl == TimeSpan.Zero ? null : ttl } : settings;
            case "table.exec.source.idle-timeout":
                return Duration() is { } idle ? settings with { SourceIdleTimeout = idle } : settings;
            case "dedup.horizon":
                return Duration() is { } horizon ? settings with { DedupHorizon = horizon } : settings;
            case "table.optimizer.distinct-agg.split.enabled":
                return Switch("TRUE", "FALSE") is { } split ? settings with { SplitDistinct = split } : settings;
            case "table.optimizer.distinct-agg.split.bucket-num":
                if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var buckets) && buckets is >= 1 and <= 1024)
                    return settings with { SplitBuckets = buckets };
                return Error($"'{value}' is not a number of buckets from 1 to 1024");
            case "state.cells":
                if (value.Equals("none", StringComparison.OrdinalIgnoreCase))
                    return settings with { Cells = 0 };
                if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var cells) && cells is >= 1 and <= 10_000)
                    return settings with { Cells = cells };
                return Error($"'{value}' is neither a number of cells from 1 to 10000 nor 'none'");
            case LostRecords:
                return Switch("TRUE", "FALSE") is { } ignore ? settings with { IgnoreLostRecords = ignore } : settings;
            default:
                if (Spelling.Nearest(key, Known) is { } near)
                    diagnostics.Error(set.Key.Span, $"unknown setting '{set.Key.Text}'; did you mean '{near}'?");
                else
                    diagnostics.Notice(set.Key.Span, $"'{set.Key.Text}' means nothing here and is ignored");
                return settings;
        }

        JobSettings Error(string message)
        {
            diagnostics.Error(set.Value.Span, message);
            return settings;
        }

        bool? Switch(string on, string off)
        {
            if (value.Equals(on, StringComparison.OrdinalIgnoreCase))
                return true;
            if (!value.Equals(off, StringComparison.OrdinalIgnoreCase))
                Error($"'{value}' is neither {on.ToLowerInvariant()} nor {off.ToLowerInvariant()}");
            return value.Equals(off, StringComparison.OrdinalIgnoreCase) ? false : null;
        }

        TimeSpan? Duration()
        {
            if (FlinkDuration.TryParse(value, out var duration))
                return duration;
            Error($"'{value}' is no duration; write it as '500 ms', '30 s', '5 min', '1 h' or '1 d'");
            return null;
        }
    }

    private static bool TryOffset(string text, out TimeZoneInfo zone)
    {
        zone = TimeZoneInfo.Utc;
        var digits = text.StartsWith("GMT", StringComparison.OrdinalIgnoreCase) || text.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        if (digits.Length < 2 || digits[0] is not ('+' or '-'))
            return false;
        if (!TimeSpan.TryParseExact(digits[1..], [@"hh\:mm", @"h\:mm", "hh", "%h"], CultureInfo.InvariantCulture, out var offset) || offset > TimeSpan.FromHours(14))
            return false;
        zone = TimeZoneInfo.CreateCustomTimeZone(text, digits[0] == '-' ? -offset : offset, text, text);
        return true;
    }
}
