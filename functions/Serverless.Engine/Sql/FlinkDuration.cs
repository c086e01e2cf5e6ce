using System.Globalization;

namespace Serverless.Engine.Sql;

/// <summary>Durations as Flink's options write them: a whole number and a unit, <c>500 ms</c>, <c>1min</c>, <c>2 hours</c>; without a unit, milliseconds.</summary>
public static class FlinkDuration
{
    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var trimmed = text.Trim();
        var digits = trimmed.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : trimmed.Length;
        if (!long.TryParse(trimmed[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
            return false;
        long? ticks = trimmed[digits..].Trim().ToLowerInvariant() switch
        {
            "d" or "day" or "days" => TimeSpan.TicksPerDay,
            "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
            "m" or "min" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
            "s" or "sec" or "secs" or "second" or "seconds" => TimeSpan.TicksPerSecond,
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
            "us" or "µs" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
            _ => null,
        };
        if (ticks is null || amount > TimeSpan.MaxValue.Ticks / ticks)
            return false;
        duration = TimeSpan.FromTicks(amount * ticks.Value);
        return true;
    }
}
