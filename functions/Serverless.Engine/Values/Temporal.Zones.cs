namespace Serverless.Engine.Values;

public static partial class Temporal
{
    /// <summary>
    /// The instant at which a zone's clock shows a time, by Java's rules: of a time shown twice the earlier; a time skipped is moved on by what
    /// was skipped. At the ends of the calendar the offset is cut short.
    /// </summary>
    public static DateTimeOffset ToInstant(DateTime local, TimeZoneInfo zone)
    {
        if (IsUtc(zone))
            return new DateTimeOffset(local.Ticks, TimeSpan.Zero);
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        TimeSpan offset;
        if (zone.IsAmbiguousTime(local))
        {
            offset = zone.GetAmbiguousTimeOffsets(local).Max();
        }
        else
        {
            // The offset before a skipped hour is that of the last time that the clock showed.
            var shown = local;
            while (zone.IsInvalidTime(shown))
                shown = shown.AddMinutes(-15);
            offset = zone.GetUtcOffset(shown);
        }

        return new DateTimeOffset(ClampTicks(local.Ticks - offset.Ticks), TimeSpan.Zero);
    }

    /// <summary>What a zone's clock shows at an instant.</summary>
    public static DateTime ToLocal(DateTimeOffset instant, TimeZoneInfo zone) =>
        new(IsUtc(zone) ? instant.UtcTicks : ClampTicks(instant.UtcTicks + zone.GetUtcOffset(instant).Ticks));

    private static bool IsUtc(TimeZoneInfo zone) => ReferenceEquals(zone, TimeZoneInfo.Utc) || zone.HasSameRules(TimeZoneInfo.Utc);

    private static long ClampTicks(long ticks) => Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
}
