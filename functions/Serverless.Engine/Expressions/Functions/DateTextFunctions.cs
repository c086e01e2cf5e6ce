using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Between timestamps, their texts and seconds since 1970.</summary>
internal static class DateTextFunctions
{
    private const int TextPrecision = 3; // of what TO_TIMESTAMP makes
    private const string DefaultPattern = "yyyy-MM-dd HH:mm:ss";

    public static void AddTo(FunctionTable table)
    {
        table.Add("DATE_FORMAT", "a timestamp, date or string and a date format", call =>
            call.Count != 2 || call.Symbols.Count > 0 || !call.Is(1, SqlKind.String) ? null
            : call.Is(0, SqlKind.String) ? ChooseByPattern(call, FormatText, SqlType.String, SqlType.String, 1)
            : IsMoment(call) ? ChooseByPattern(call, Format, SqlType.String, SqlType.Timestamp(9), 1)
            : null);
        table.Add("TO_DATE", "a string and perhaps a date format", call =>
            IsShort(call) ? call.MakeOfTexts(ToDate, SqlType.Date)
            : IsTexts(call, 2) ? ChooseByPattern(call, ToDateBy, SqlType.Date, SqlType.String, 1)
            : null);
        table.Add("TO_TIMESTAMP", "a string and perhaps a date format", call =>
            IsShort(call) ? call.MakeOfTexts(ToTimestamp, SqlType.Timestamp(TextPrecision))
            : IsTexts(call, 2) ? ChooseByPattern(call, ToTimestampBy, SqlType.Timestamp(TextPrecision), SqlType.String, 1)
            : null);
        table.Add("TO_TIMESTAMP_LTZ", "a number of seconds (0) or milliseconds (3) since 1970 and that 0 or 3; or a string, perhaps a date format and perhaps a time zone", call =>
            call.Symbols.Count == 0 && call.Count is >= 1 and <= 3 && call.Type(0).Kind == SqlKind.String && call.AreTexts ? ChooseInstant(call)
            : call.Symbols.Count > 0 || call.Count is not (1 or 2) || !call.Type(0).IsNumeric || (call.Count == 2 && !call.Type(1).IsInteger) ? null
            : call.Count == 1 ? call.Make(InstantOfMilliseconds, SqlType.TimestampLtz(TextPrecision), [Casts.AsDecimal(call.Type(0))])
            : call.Make(ToInstant, SqlType.TimestampLtz(TextPrecision), [Casts.AsDecimal(call.Type(0)), SqlType.BigInt], canFail: true));
        table.Add("UNIX_TIMESTAMP", "a timestamp, or a string and perhaps a date format", call =>
            IsShort(call) || IsTexts(call, 2) ? ChooseInZone(call, call.Count == 1 ? SecondsOfText : SecondsOfTextBy, SqlType.BigInt, SqlType.String)
            : call.Count == 1 && call.Symbols.Count == 0 && IsMoment(call) ? call.Make(SecondsOf, SqlType.BigInt, [SqlType.TimestampLtz(9)])
            : null);
        table.Add("FROM_UNIXTIME", "an integer and perhaps a date format", call =>
            call.Count is 1 or 2 && call.Symbols.Count == 0 && call.Type(0).IsInteger && (call.Count == 1 || call.Is(1, SqlKind.String))
                ? ChooseInZone(call, call.Count == 1 ? TextOfSeconds : TextOfSecondsBy, SqlType.String, SqlType.BigInt)
                : null);
        table.Add("CONVERT_TZ", "a string and two time zones", call =>
            IsTexts(call, 3) && call.Compile(1, FindZone) is { } from && call.Compile(2, FindZone) is { } to
                ? call.MakeOfTexts(ConvertZone, SqlType.String, call.Arguments[1].Constant is null || call.Arguments[2].Constant is null, new ZonePair(from, to))
                : null);
    }

    private static bool IsShort(FunctionCall call) => IsTexts(call, 1);

    private static bool IsTexts(FunctionCall call, int count) =>
        call.Count == count && call.Symbols.Count == 0 && call.AreTexts;

    private static bool IsMoment(FunctionCall call) => call.Type(0).Kind is SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampLtz;

    private static ScalarFunction? ChooseByPattern(FunctionCall call, Delegate method, SqlType returns, SqlType takes, int patternAt) =>
        call.Compile(patternAt, DateFormat.Parse) is { } formats
            ? call.Make(method, returns, [takes, SqlType.String], call.Arguments[patternAt].Constant is null, formats)
            : null;

    // UTC unless a zone is given, whatever the session's.
    private static ScalarFunction? ChooseInstant(FunctionCall call)
    {
        var formats = call.Count == 1 ? new Compiled<DateFormat>(DateFormat.Parse, DefaultPattern) : call.Compile(1, DateFormat.Parse);
        var zones = call.Count < 3 ? new Compiled<TimeZoneInfo>(_ => TimeZoneInfo.Utc, "UTC") : call.Compile(2, FindZone);
        if (formats is null || zones is null)
            return null;
        return BoxedFunction.Strict(call.Name, [.. call.Arguments.Select(_ => SqlType.String)], SqlType.TimestampLtz(TextPrecision), a =>
            TimestampOf(formats, (string)a[0], a.Length > 1 ? (string)a[1] : DefaultPattern) is { } timestamp ? Temporal.ToInstant(timestamp, zones.Get(a.Length > 2 ? (string)a[2] : "UTC")) : null,
            canFail: Enumerable.Range(1, call.Count - 1).Any(i => call.Arguments[i].Constant is null));
    }

    private static ScalarFunction? ChooseInZone(FunctionCall call, Delegate method, SqlType returns, SqlType takes)
    {
        var formats = call.Count == 1 ? new Compiled<DateFormat>(DateFormat.Parse, DefaultPattern) : call.Compile(1, DateFormat.Parse);
        if (formats is null)
            return null;
        SqlType[] parameters = call.Count == 1 ? [takes] : [takes, SqlType.String];
        return call.Make(method, returns, parameters, canFail: true, new FormatInZone(formats, call.Zone));
    }

    private static string Format(Compiled<DateFormat> formats, DateTime timestamp, string pattern) => formats.Get(pattern).Format(timestamp);

    // As in Flink, NULL for a text that is no timestamp.
    private static string? FormatText(Compiled<DateFormat> formats, string text, string pattern) =>
        Temporal.TryParseTimestamp(text, out var timestamp) ? formats.Get(pattern).Format(timestamp) : null;

    private static DateOnly? ToDate(string text) => Temporal.TryParseDate(text, out var date) ? date : null;

    private static DateOnly? ToDateBy(Compiled<DateFormat> formats, string text, string pattern) =>
        formats.Get(pattern).TryParse(text, allowsMore: true, out var timestamp) ? DateOnly.FromDateTime(timestamp) : null;

    private static DateTime? ToTimestamp(string text) =>
        Temporal.TryParseTimestamp(text, out var timestamp) ? Temporal.Truncate(timestamp, TextPrecision) : null;

    private static DateTime? ToTimestampBy(Compiled<DateFormat> formats, string text, string pattern) => TimestampOf(formats, text, pattern);

    // A text that is not of the format may still be one of yyyy-mm-dd hh:mm:ss.f or yyyy-mm-dd, as in Flink.
    private static DateTime? TimestampOf(Compiled<DateFormat> formats, string text, string pattern)
    {
        if (formats.Get(pattern).TryParse(text, allowsMore: false, out var timestamp))
            return Temporal.Truncate(timestamp, TextPrecision);
        var isTimestamp = text.Length is > 18 and < 30 && text[10] == ' ' && text[13] == ':' && text[16] == ':';
        var isDate = text.Length == 10 && text[4] == '-' && text[7] == '-';
        return (isTimestamp || isDate) && Temporal.TryParseTimestamp(text, out timestamp) ? Temporal.Truncate(timestamp, TextPrecision) : null;
    }

    private static DateTimeOffset? InstantOfMilliseconds(Number milliseconds) => InstantOf(milliseconds, TimeSpan.TicksPerMillisecond);

    private static DateTimeOffset? ToInstant(Number number, long precision) => precision switch
    {
        0 => InstantOf(number, TimeSpan.TicksPerSecond),
        3 => InstantOf(number, TimeSpan.TicksPerMillisecond),
        _ => throw new EvaluationException($"TO_TIMESTAMP_LTZ takes seconds (0) or milliseconds (3), not {precision}"),
    };

    // NULL outside the calendar, as in Flink.
    private static DateTimeOffset? InstantOf(Number number, long unit)
    {
        if (!(number * new Number(unit)).TryToInt64(out var ticks))
            return null;
        ticks -= ticks % TimeSpan.TicksPerMillisecond;
        return ticks < -DateTime.UnixEpoch.Ticks || ticks > DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks
            ? null
            : DateTimeOffset.UnixEpoch.AddTicks(ticks);
    }

    private static long SecondsOf(DateTimeOffset instant) => instant.ToUnixTimeSeconds();

    private static long SecondsOfText(FormatInZone format, string text) => SecondsOfTextBy(format, text, DefaultPattern);

    private static long SecondsOfTextBy(FormatInZone format, string text, string pattern) =>
        format.Formats.Get(pattern).TryParse(text, allowsMore: true, out var timestamp)
            ? SecondsOf(Temporal.ToInstant(timestamp, format.Zone))
            : throw new EvaluationException($"'{TextTruncation.Text(text)}' is not of the date format '{pattern}'");

    private static string TextOfSeconds(FormatInZone format, long seconds) => TextOfSecondsBy(format, seconds, DefaultPattern);

    private static string TextOfSecondsBy(FormatInZone format, long seconds, string pattern)
    {
        if (InstantOf(new Number(seconds), TimeSpan.TicksPerSecond) is not { } instant)
            throw new EvaluationException($"{seconds} seconds since 1970 are outside the years 1 to 9999");
        return format.Formats.Get(pattern).Format(Temporal.ToLocal(instant, format.Zone));
    }

    private static string? ConvertZone(ZonePair zones, string text, string from, string to) =>
        Temporal.TryParseTimestamp(text, out var timestamp)
            ? Temporal.Format(Temporal.ToLocal(Temporal.ToInstant(timestamp, zones.From.Get(from)), zones.To.Get(to)), 0)
            : null;

    private static TimeZoneInfo FindZone(string id) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : throw new FormatException($"'{TextTruncation.Text(id)}' is not a known time zone");

    private sealed record FormatInZone(Compiled<DateFormat> Formats, TimeZoneInfo Zone);

    private sealed record ZonePair(Compiled<TimeZoneInfo> From, Compiled<TimeZoneInfo> To);
}
