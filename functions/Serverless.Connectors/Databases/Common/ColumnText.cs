using System.Globalization;
using System.Text.RegularExpressions;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Common;

/// <summary>The text form of a column's values, as <see cref="TableRows"/> holds them.</summary>
public static partial class ColumnText
{
    /// <summary>Converts a value to its column's text form. People and databases write it in several ways: <c>2021-12-1</c>, <c>1.50</c>, <c>t</c>.</summary>
    /// <param name="type">The column's type.</param>
    /// <param name="text">The value as it was written.</param>
    /// <param name="value">The value as <see cref="TableRows"/> has it.</param>
    /// <returns>Whether it is a value of that type.</returns>
    public static bool TryParse(SqlType type, string text, out string value)
    {
        string? parsed = type.Kind switch
        {
            SqlKind.Boolean => Boolean(text),
            SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt =>
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
            SqlKind.Decimal => Number.TryParse(text.AsSpan(), out var number) ? SqlText.Of(number, type.Scale) : null,
            SqlKind.Float or SqlKind.Double =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Of(number) : null,
            SqlKind.Bytes => Hexadecimal().IsMatch(text) ? text.ToLowerInvariant() : null,
            SqlKind.Date => Temporal.TryParseDate(text, out var date) ? SqlText.Of(date) : Temporal.TryParseTimestamp(text, out var time) ? SqlText.Of(DateOnly.FromDateTime(time)) : null,
            SqlKind.Time => Temporal.TryParseTime(text, out var time) ? SqlText.Of(time, type.Length) : null,
            SqlKind.Timestamp => Temporal.TryParseTimestamp(text, out var time) ? SqlText.Of(time, type.Length) : null,
            SqlKind.TimestampLtz => Temporal.TryParseTimestamp(WithoutZone(text), out var time) ? SqlText.Of(time, type.Length) : null,
            _ => text,
        };
        value = parsed ?? "";
        return parsed is not null;
    }

    /// <summary>Returns a database's value in its column's text form, or unchanged if it is no value of that type.</summary>
    internal static string Of(SqlType type, string text) => TryParse(type, text, out var value) ? value : text;

    internal static string Of(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    internal static string Of(float number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string? Boolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "T" or "1" => "true",
        "FALSE" or "F" or "0" => "false",
        _ => null,
    };

    // As PostgreSQL ends an instant in a session of UTC.
    private static string WithoutZone(string text) => text.EndsWith("+00", StringComparison.Ordinal) ? text[..^3] : text;

    [GeneratedRegex("^([0-9A-Fa-f]{2})*$")]
    private static partial Regex Hexadecimal();
}
