using System.Globalization;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Files;

/// <summary>A column's value as people read it.</summary>
internal static class RowText
{
    public static string Of(object? value, SqlType type) => value switch
    {
        null => "null",
        bool boolean => boolean ? "true" : "false",
        Number number => SqlText.Of(number, type.Scale),
        DateOnly date => SqlText.Of(date),
        TimeOnly time => SqlText.Of(time, type.Length),
        DateTime time => SqlText.Of(time, type.Length),
        DateTimeOffset time => SqlText.Of(time, type.Length),
        NestedValue nested => JsonText.Of(nested, type),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
