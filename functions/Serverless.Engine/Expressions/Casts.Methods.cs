using System.Globalization;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

public static partial class Casts
{
    private static Delegate? Method(SqlType from, SqlType to) => to.Kind switch
    {
        SqlKind.Boolean => from.Kind switch
        {
            SqlKind.String => TextToBoolean,
            _ when from.IsInteger => IntegerToBoolean,
            _ => null,
        },
        SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => from.Kind switch
        {
            SqlKind.String => TextToInteger,
            SqlKind.Boolean => BooleanToInteger,
            _ when from.IsInteger => IntegerToInteger,
            _ when from.IsNumber => NumberToInteger,
            _ => null,
        },
        SqlKind.Decimal => from.Kind switch
        {
            SqlKind.String => TextToNumber,
            SqlKind.Boolean => BooleanToNumber,
            _ when from.IsInteger => IntegerToNumber,
            _ when from.IsNumber => NumberToNumber,
            _ => null,
        },
        SqlKind.Double => from.Kind switch
        {
            SqlKind.String => TextToNumber,
            SqlKind.Boolean => BooleanToNumber,
            SqlKind.Float => FloatToDouble,
            _ when from.IsInteger => IntegerToNumber,
            _ when from.IsNumber => NumberToNumber,
            _ => null,
        },
        SqlKind.Float => from.Kind switch
        {
            SqlKind.String => TextToNumber,
            SqlKind.Boolean => BooleanToNumber,
            _ when from.IsInteger => IntegerToNumber,
            _ when from.IsNumber => NumberToNumber,
            _ => null,
        },
        SqlKind.String => from.Kind switch
        {
            SqlKind.String => TextToText,
            SqlKind.Boolean => BooleanToText,
            SqlKind.Decimal => DecimalToText,
            SqlKind.Float or SqlKind.Double => DoubleToText,
            SqlKind.Bytes => BytesToText,
            SqlKind.Date => DateToText,
            SqlKind.Time => TimeToText,
            SqlKind.Timestamp => TimestampToText,
            SqlKind.TimestampLtz => InstantToText,
            SqlKind.IntervalMonths => MonthsToText,
            SqlKind.IntervalTime => IntervalToText,
            _ => IntegerToText,
        },
        SqlKind.Bytes => from.Kind switch
        {
            SqlKind.String => TextToBytes,
            SqlKind.Bytes => BytesToBytes,
            _ => null,
        },
        SqlKind.Date => from.Kind switch
        {
            SqlKind.String => TextToDate,
            SqlKind.Timestamp => TimestampToDate,
            SqlKind.TimestampLtz => InstantToDate,
            _ => null,
        },
        SqlKind.Time => from.Kind switch
        {
            SqlKind.String => TextToTime,
            SqlKind.Time => TimeToTime,
            SqlKind.Timestamp => TimestampToTime,
            SqlKind.TimestampLtz => InstantToTime,
            _ => null,
        },
        SqlKind.Timestamp => from.Kind switch
        {
            SqlKind.String => TextToTimestamp,
            SqlKind.Date => DateToTimestamp,
            SqlKind.Time => TimeToTimestamp,
            SqlKind.Timestamp => TimestampToTimestamp,
            SqlKind.TimestampLtz => InstantToTimestamp,
            _ => null,
        },
        SqlKind.TimestampLtz => from.Kind switch
        {
            SqlKind.String => TextToInstant,
            SqlKind.Date => DateToInstant,
            SqlKind.Time => TimeToInstant,
            SqlKind.Timestamp => TimestampToInstant,
            SqlKind.TimestampLtz => InstantToInstant,
            _ => null,
        },
        _ => null,
    };

    private static bool TextToBoolean(CastTarget target, string text)
    {
        var word = text.AsSpan().Trim();
        foreach (var yes in (ReadOnlySpan<string>)["true", "t", "yes", "y", "1"])
        {
            if (word.Equals(yes, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        foreach (var no in (ReadOnlySpan<string>)["false", "f", "no", "n", "0"])
        {
            if (word.Equals(no, StringComparison.OrdinalIgnoreCase))
                return false;
        }

        throw target.Failure(text);
    }

    private static bool IntegerToBoolean(CastTarget target, long value) => value != 0;

    // As in Flink, digits behind a point are dropped.
    private static long TextToInteger(CastTarget target, string text) =>
        Number.TryParse(text, out var number) && number.TryToInt64(out var value) && target.Range.Contains(value)
            ? value
            : throw target.Failure(text);

    private static long BooleanToInteger(CastTarget target, bool value) => value ? 1 : 0;

    private static long IntegerToInteger(CastTarget target, long value) => target.Range.Contains(value) ? value : throw target.Failure(value);

    private static long NumberToInteger(CastTarget target, Number number) =>
        number.TryToInt64(out var value) && target.Range.Contains(value) ? value : throw target.Failure(number);

    private static Number TextToNumber(CastTarget target, string text) =>
        Number.TryParse(text, out var number) && number.TryFit(target.Type, out var fit) ? fit : throw target.Failure(text);

    private static Number BooleanToNumber(CastTarget target, bool value) => IntegerToNumber(target, value ? 1 : 0);

    private static Number IntegerToNumber(CastTarget target, long value) => NumberToNumber(target, new Number(value));

    private static Number NumberToNumber(CastTarget target, Number number) => number.TryFit(target.Type, out var fit) ? fit : throw target.Failure(number);

    // A FLOAT's own value, which its shortest text stands for: 0.1 is 0.10000000149011612.
    private static Number FloatToDouble(CastTarget target, Number number) => Number.FromDouble(number.ToSingle());

    private static string TextToText(CastTarget target, string text) => target.Clip(text);

    private static string BooleanToText(CastTarget target, bool value) => target.Clip(value ? "TRUE" : "FALSE");

    private static string IntegerToText(CastTarget target, long value) => target.Clip(value.ToString(CultureInfo.InvariantCulture));

    private static string MonthsToText(CastTarget target, long months) =>
        target.Clip(string.Create(CultureInfo.InvariantCulture, $"{(months < 0 ? '-' : '+')}{Math.Abs(months) / 12}-{Math.Abs(months) % 12:00}"));

    private static string IntervalToText(CastTarget target, long milliseconds)
    {
        var length = TimeSpan.FromMilliseconds(Math.Abs(milliseconds));
        return target.Clip(string.Create(CultureInfo.InvariantCulture, $"{(milliseconds < 0 ? '-' : '+')}{length.Days} {length.Hours:00}:{length.Minutes:00}:{length.Seconds:00}.{length.Milliseconds:000}"));
    }

    private static string DecimalToText(CastTarget target, Number number) => target.Clip(number.ToString());

    private static string DoubleToText(CastTarget target, Number number) => target.Clip(DoubleText.Format(number));

    private static string BytesToText(CastTarget target, byte[] bytes) => target.Clip(Encoding.UTF8.GetString(bytes));

    private static string DateToText(CastTarget target, DateOnly date) => target.Clip(Temporal.Format(date));

    private static string TimeToText(CastTarget target, TimeOnly time) => target.Clip(Temporal.Format(time, target.From.Length));

    private static string TimestampToText(CastTarget target, DateTime timestamp) => target.Clip(Temporal.Format(timestamp, target.From.Length));

    private static string InstantToText(CastTarget target, DateTimeOffset instant) =>
        TimestampToText(target, Temporal.ToLocal(instant, target.Zone));

    private static byte[] TextToBytes(CastTarget target, string text) => BytesToBytes(target, Encoding.UTF8.GetBytes(text));

    private static byte[] BytesToBytes(CastTarget target, byte[] bytes) =>
        target.Type.Length > 0 && bytes.Length > target.Type.Length ? bytes[..target.Type.Length] : bytes;

    private static DateOnly TextToDate(CastTarget target, string text) => Temporal.TryParseDate(text, out var date) ? date : throw target.Failure(text);

    private static DateOnly TimestampToDate(CastTarget target, DateTime timestamp) => DateOnly.FromDateTime(timestamp);

    private static DateOnly InstantToDate(CastTarget target, DateTimeOffset instant) => TimestampToDate(target, Temporal.ToLocal(instant, target.Zone));

    private static TimeOnly TextToTime(CastTarget target, string text) =>
        Temporal.TryParseTime(text, out var time) ? TimeToTime(target, time) : throw target.Failure(text);

    private static TimeOnly TimeToTime(CastTarget target, TimeOnly time) =>
        new(time.Ticks - (time.Ticks % Temporal.Resolution(target.Type.Length)));

    private static TimeOnly TimestampToTime(CastTarget target, DateTime timestamp) => TimeToTime(target, TimeOnly.FromDateTime(timestamp));

    private static TimeOnly InstantToTime(CastTarget target, DateTimeOffset instant) => TimestampToTime(target, Temporal.ToLocal(instant, target.Zone));

    private static DateTime TextToTimestamp(CastTarget target, string text) =>
        Temporal.TryParseTimestamp(text, out var timestamp) ? TimestampToTimestamp(target, timestamp) : throw target.Failure(text);

    private static DateTime DateToTimestamp(CastTarget target, DateOnly date) => date.ToDateTime(TimeOnly.MinValue);

    private static DateTime TimeToTimestamp(CastTarget target, TimeOnly time) => TimestampToTimestamp(target, DateTime.UnixEpoch.AddTicks(time.Ticks));

    private static DateTime TimestampToTimestamp(CastTarget target, DateTime timestamp) => Temporal.Truncate(timestamp, target.Type.Length);

    private static DateTime InstantToTimestamp(CastTarget target, DateTimeOffset instant) =>
        TimestampToTimestamp(target, Temporal.ToLocal(instant, target.Zone));

    private static DateTimeOffset TextToInstant(CastTarget target, string text) =>
        Temporal.TryParseInstant(text, target.Zone, out var instant) ? InstantToInstant(target, instant) : throw target.Failure(text);

    private static DateTimeOffset DateToInstant(CastTarget target, DateOnly date) => TimestampToInstant(target, date.ToDateTime(TimeOnly.MinValue));

    private static DateTimeOffset TimeToInstant(CastTarget target, TimeOnly time) => TimestampToInstant(target, TimeToTimestamp(target, time));

    private static DateTimeOffset TimestampToInstant(CastTarget target, DateTime timestamp) =>
        Temporal.ToInstant(TimestampToTimestamp(target, timestamp), target.Zone);

    private static DateTimeOffset InstantToInstant(CastTarget target, DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % Temporal.Resolution(target.Type.Length)), TimeSpan.Zero);
}
