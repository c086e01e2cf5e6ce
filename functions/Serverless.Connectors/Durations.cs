using System.Globalization;

namespace Serverless.Connectors;

/// <summary>Durations as Flink writes them: <c>1s</c>, <c>500 ms</c>, <c>2 min</c>, <c>1 h</c>, <c>1 d</c>, and plain milliseconds.</summary>
public static class Durations
{
    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits < 0)
            digits = text.Length;
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount > int.MaxValue)
            return false;
        TimeSpan? unit = text[digits..].Trim().ToLowerInvariant() switch
        {
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.FromMilliseconds(1),
            "s" or "sec" or "secs" or "second" or "seconds" => TimeSpan.FromSeconds(1),
            "m" or "min" or "mins" or "minute" or "minutes" => TimeSpan.FromMinutes(1),
            "h" or "hour" or "hours" => TimeSpan.FromHours(1),
            "d" or "day" or "days" => TimeSpan.FromDays(1),
            _ => null,
        };
        duration = amount * unit.GetValueOrDefault();
        return unit is not null;
    }
}
