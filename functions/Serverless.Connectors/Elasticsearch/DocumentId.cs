using System.Globalization;
using Serverless.Engine.Formats;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Elasticsearch;

/// <summary>The id of a row's document, as Flink makes it: the primary key's values with a delimiter between them.</summary>
internal static class DocumentId
{
    /// <summary>The longest id that there is, in bytes of UTF-8.</summary>
    public const int MaxBytes = 512;

    /// <summary>The id of a row.</summary>
    public static string Of(object?[] values, TableDefinition table, string delimiter) =>
        string.Join(delimiter, table.PrimaryKey.Select(k => values[k] is { } value ? Text(value, table.Columns[k].Type) : "null"));

    /// <summary>A value as Java's <c>toString</c> has it in Flink.</summary>
    public static string Text(object value, SqlType type) => value switch
    {
        DateTime time => Time(time),
        DateTimeOffset time => Time(time.UtcDateTime),
        TimeOnly time => Clock(time.Ticks),
        _ => SinkText.Of(value, type),
    };

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T" + Clock(time.TimeOfDay.Ticks);

    // LocalTime prints no seconds if there are none, and of their fraction three, six or nine digits.
    private static string Clock(long ticks)
    {
        var time = new TimeSpan(ticks);
        var fraction = ticks % TimeSpan.TicksPerSecond;
        var text = time.ToString(fraction == 0 && time.Seconds == 0 ? @"hh\:mm" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);
        return fraction == 0 ? text
            : fraction % TimeSpan.TicksPerMillisecond == 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}.{fraction / TimeSpan.TicksPerMillisecond:000}")
            : fraction % TimeSpan.TicksPerMicrosecond == 0 ? string.Create(CultureInfo.InvariantCulture, $"{text}.{fraction / TimeSpan.TicksPerMicrosecond:000000}")
            : string.Create(CultureInfo.InvariantCulture, $"{text}.{fraction * 100:000000000}");
    }
}
