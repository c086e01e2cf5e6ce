using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Values as the text of a field without a type of its own.</summary>
internal static class FieldText
{
    /// <summary>Appends a text as a value of a column's type.</summary>
    /// <param name="column">The column.</param>
    /// <param name="type">Its type.</param>
    /// <param name="text">The text.</param>
    /// <param name="zone">The time zone of instants without one.</param>
    /// <returns>Whether it is such a value.</returns>
    public static bool TryAppend(Column column, SqlType type, string text, TimeZoneInfo zone)
    {
        var trimmed = text.AsSpan().Trim();
        switch (column)
        {
            case Column<string?> texts:
                texts.Append(text);
                return true;
            case Column<long?> integers when Number.TryParse(trimmed, out var number) && number.TryToInt64(out var integer) && new Number(integer) == number && IntegerRange.Of(type.Kind).Contains(integer):
                integers.Append(integer);
                return true;
            case Column<Number?> numbers when Number.TryParse(trimmed, out var number) && number.TryFit(type, out var fit):
                numbers.Append(fit);
                return true;
            case Column<bool?> booleans when bool.TryParse(trimmed, out var boolean):
                booleans.Append(boolean);
                return true;
            case Column<DateOnly?> dates when Temporal.TryParseDate(trimmed, out var date):
                dates.Append(date);
                return true;
            case Column<TimeOnly?> times when Temporal.TryParseTime(trimmed, out var time):
                times.Append(time);
                return true;
            case Column<DateTime?> timestamps when trimmed.Length > 10 && Temporal.TryParseTimestamp(trimmed, out var timestamp):
                timestamps.Append(Temporal.Truncate(timestamp, type.Length));
                return true;
            case Column<DateTimeOffset?> instants when trimmed.Length > 10 && Temporal.TryParseInstant(trimmed, zone, out var instant):
                instants.Append(instant);
                return true;
            case Column<byte[]?> bytes:
                var buffer = new byte[trimmed.Length];
                if (!Convert.TryFromBase64Chars(trimmed, buffer, out var written))
                    return false;
                bytes.Append(buffer[..written]);
                return true;
            default:
                return false;
        }
    }
}
