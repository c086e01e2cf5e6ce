using System.Collections.Frozen;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>What to write instead of a call that there is not: of another database's function, or with arguments of other types than were meant.</summary>
internal static class CallAdvice
{
    /// <summary>Functions of other databases, in upper case, each with what it is here.</summary>
    public static FrozenDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>
    {
        ["ADD_MONTHS"] = "TIMESTAMPADD(MONTH, 1, x)",
        ["ANY_VALUE"] = "FIRST_VALUE(x) or LAST_VALUE(x)",
        ["ARRAY_LENGTH"] = "CARDINALITY(x)",
        ["ARRAY_SIZE"] = "CARDINALITY(x)",
        ["CHARINDEX"] = "LOCATE(part, x)",
        ["COUNT_IF"] = "COUNT(*) FILTER (WHERE …)",
        ["CURDATE"] = "CURRENT_DATE",
        ["DATEADD"] = "TIMESTAMPADD(DAY, 1, x)",
        ["DATE_DIFF"] = "TIMESTAMPDIFF(DAY, a, b)",
        ["DATE_TRUNC"] = "FLOOR(x TO DAY)",
        ["EXPLODE"] = "CROSS JOIN UNNEST(x) AS u (e) behind FROM",
        ["GETDATE"] = "CURRENT_TIMESTAMP",
        ["GET_JSON_OBJECT"] = "JSON_VALUE(x, '$.field')",
        ["GROUP_CONCAT"] = "LISTAGG(x, ', ')",
        ["IIF"] = "IF(condition, a, b)",
        ["ISNULL"] = "x IS NULL, or COALESCE(x, y)",
        ["JSON_EXTRACT"] = "JSON_VALUE(x, '$.field')",
        ["JSON_EXTRACT_SCALAR"] = "JSON_VALUE(x, '$.field')",
        ["LCASE"] = "LOWER(x)",
        ["LEN"] = "CHAR_LENGTH(x)",
        ["LENGTH"] = "CHAR_LENGTH(x)",
        ["MEDIAN"] = "PERCENTILE(x, 0.5)",
        ["MID"] = "SUBSTRING(x, from, length)",
        ["NVL"] = "COALESCE(x, y)",
        ["NVL2"] = "CASE WHEN x IS NOT NULL THEN a ELSE b END",
        ["POW"] = "POWER(x, y)",
        ["REGEXP_LIKE"] = "REGEXP(x, pattern)",
        ["SIZE"] = "CARDINALITY(x)",
        ["SPLIT_PART"] = "SPLIT_INDEX(x, separator, place), whose first place is 0",
        ["STRING_AGG"] = "LISTAGG(x, ', ')",
        ["STRPOS"] = "LOCATE(part, x)",
        ["STR_TO_DATE"] = "TO_TIMESTAMP(x, format)",
        ["SYSDATE"] = "CURRENT_TIMESTAMP",
        ["TO_CHAR"] = "DATE_FORMAT(x, format), or CAST(x AS STRING)",
        ["TO_NUMBER"] = "CAST(x AS DECIMAL(10, 2))",
        ["TO_UNIX_TIMESTAMP"] = "UNIX_TIMESTAMP(x)",
        ["TRUNC"] = "TRUNCATE(x, digits), or FLOOR(x TO DAY)",
        ["UCASE"] = "UPPER(x)",
        ["WM_CONCAT"] = "LISTAGG(x, ', ')",
    }.ToFrozenDictionary();

    /// <summary>Returns what a function of other databases is here; null if nothing is known.</summary>
    /// <param name="name">Its name in upper case.</param>
    public static string? OfUnknown(string name) => Elsewhere.GetValueOrDefault(name);

    /// <summary>Returns what was meant by arguments that a function or operator does not take, as the end of a message; nothing if nothing is known.</summary>
    /// <param name="name">Its name in upper case.</param>
    /// <param name="arguments">The arguments.</param>
    public static string OfArguments(string name, IReadOnlyList<FunctionArgument> arguments)
    {
        var (first, second) = (arguments.Count > 0 ? arguments[0].Type : SqlType.Null, arguments.Count > 1 ? arguments[1].Type : SqlType.Null);
        return name switch
        {
            "-" when IsTime(first) && IsTime(second) => "; how far two times are apart is TIMESTAMPDIFF(SECOND, earlier, later)",
            "+" or "-" when (IsTime(first) && second.IsNumeric) || (first.IsNumeric && IsTime(second)) => "; what is added to a time is a length of time, as in INTERVAL '5' SECOND",
            "+" when first.Kind == SqlKind.String && second.Kind == SqlKind.String => "; texts are put together by ||",
            "||" when first.Kind == SqlKind.Boolean && second.Kind == SqlKind.Boolean => "; conditions are joined by OR",
            "=" or "<>" when first.Kind == SqlKind.Boolean || second.Kind == SqlKind.Boolean => "; a BOOLEAN is a condition itself: write it, or NOT before it",
            "=" or "<>" or "<" or "<=" or ">" or ">=" when (IsTime(first) && second.IsNumeric) || (first.IsNumeric && IsTime(second)) => "; a time is written as DATE '2024-01-31' or TIMESTAMP '2024-01-31 23:59:59'",
            "DATEDIFF" when arguments.Count > 0 && arguments[0].Symbol is { } unit => $"; in a unit it is TIMESTAMPDIFF({unit}, earlier, later)",
            "DATE_FORMAT" when first.IsInteger => "; of seconds since 1970 it is FROM_UNIXTIME(x, format)",
            "FROM_UNIXTIME" when IsTime(first) => "; of a time it is DATE_FORMAT(x, format)",
            "TO_TIMESTAMP" when first.IsInteger => "; of milliseconds since 1970 it is TO_TIMESTAMP_LTZ(x, 3)",
            _ => "",
        };
    }

    private static bool IsTime(SqlType type) => type.Kind is SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampLtz;
}
