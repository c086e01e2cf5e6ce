using System.Globalization;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Lookup;

/// <summary>Values of a script's types, and the text that a database is asked with and answers with.</summary>
internal static class LookupValue
{
    // More than any type of a database has, so that no key is cut to one that it is not.
    private const int AllDigitsOfSecond = 7;

    /// <summary>A value as a question has it: see <see cref="TableRows"/>.</summary>
    public static string TextOf(object value) => value switch
    {
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        Number number => number.ToString(),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        DateOnly date => SqlText.Of(date),
        TimeOnly time => SqlText.Of(time, AllDigitsOfSecond),
        DateTime time => SqlText.Of(time, AllDigitsOfSecond),
        DateTimeOffset time => SqlText.Of(time, AllDigitsOfSecond),
        _ => (string)value,
    };

    /// <summary>Reads a value that a database answered as a script's type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="text">The value as the database says it.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is one of that type.</returns>
    public static bool TryParse(SqlType type, string text, out object value)
    {
        // An instant as PostgreSQL ends it in a session of UTC.
        if (type.Kind == SqlKind.Timestamp && text.EndsWith("+00", StringComparison.Ordinal))
            text = text[..^3];
        value = text;
        if (!ColumnText.TryParse(type, text, out var shown))
            return false;
        object? parsed = type.Kind switch
        {
            SqlKind.Boolean => shown == "true",
            SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => long.Parse(shown, CultureInfo.InvariantCulture) is var number && IsIn(type.Kind, number) ? number : null,
            SqlKind.Decimal or SqlKind.Float or SqlKind.Double => Number.Parse(shown).TryFit(type, out var fit) ? fit : null,
            SqlKind.Bytes => Convert.FromHexString(shown),
            SqlKind.Date => Temporal.TryParseDate(shown, out var date) ? date : null,
            SqlKind.Time => Temporal.TryParseTime(shown, out var time) ? time : null,
            SqlKind.Timestamp => Temporal.TryParseTimestamp(shown, out var time) ? time : null,
            SqlKind.TimestampLtz => Temporal.TryParseTimestamp(shown, out var time) ? new DateTimeOffset(time, TimeSpan.Zero) : null,
            _ => shown,
        };
        value = parsed ?? text;
        return parsed is not null;
    }

    private static bool IsIn(SqlKind kind, long number) => kind switch
    {
        SqlKind.TinyInt => number is >= sbyte.MinValue and <= sbyte.MaxValue,
        SqlKind.SmallInt => number is >= short.MinValue and <= short.MaxValue,
        SqlKind.Int => number is >= int.MinValue and <= int.MaxValue,
        _ => true,
    };
}
