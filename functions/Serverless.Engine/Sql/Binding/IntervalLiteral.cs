using System.Globalization;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>What an interval's literal means: months, or milliseconds.</summary>
internal static class IntervalLiteral
{
    private static readonly string[] Clock = ["DAY", "HOUR", "MINUTE", "SECOND"];

    private static readonly Dictionary<string, long> Milliseconds = new()
    {
        ["MILLISECOND"] = 1,
        ["SECOND"] = 1000,
        ["MINUTE"] = 60_000,
        ["HOUR"] = 3_600_000,
        ["DAY"] = 86_400_000,
        ["WEEK"] = 604_800_000,
    };

    private static readonly Dictionary<string, long> Months = new() { ["MONTH"] = 1, ["QUARTER"] = 3, ["YEAR"] = 12, ["DECADE"] = 120, ["CENTURY"] = 1200, ["MILLENNIUM"] = 12_000 };

    /// <summary>The literal as a value; null if the text does not fit the units.</summary>
    public static ConstantScalar? Of(IntervalSyntax interval)
    {
        var text = interval.Value.Trim();
        var isNegative = text.StartsWith('-');
        text = text.TrimStart('-', '+');
        if (Parse(text, interval.Unit, interval.LastUnit) is not var (kind, amount))
            return null;
        return new ConstantScalar(isNegative ? -amount : amount, new SqlType(kind));
    }

    /// <summary>The literal as a whole number of one unit, the coarsest that holds it; null if there is none.</summary>
    public static (string Unit, long Amount)? InUnit(IntervalSyntax interval)
    {
        if (interval.LastUnit is null && long.TryParse(interval.Value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return (interval.Unit, whole);
        if (Of(interval) is not { Value: long amount } constant)
            return null;
        if (constant.Type.Kind == SqlKind.IntervalMonths)
            return ("MONTH", amount);
        var unit = Clock.FirstOrDefault(u => amount % Milliseconds[u] == 0) ?? "MILLISECOND";
        return (unit, amount / Milliseconds[unit]);
    }

    /// <summary>What to write instead.</summary>
    public static string Advice(IntervalSyntax interval) =>
        $"'{interval.Value}' is no length in {interval.Unit}{(interval.LastUnit is null ? "" : $" TO {interval.LastUnit}")}: write a number of one unit, INTERVAL '90' MINUTE, or several as in INTERVAL '1 02:03:04.5' DAY TO SECOND, INTERVAL '1-6' YEAR TO MONTH";

    private static (SqlKind Kind, long Amount)? Parse(string text, string unit, string? last)
    {
        if (last is null)
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1_000_000_000_000)
                return null;
            if (Months.TryGetValue(unit, out var months))
                return number == decimal.Truncate(number) ? (SqlKind.IntervalMonths, (long)number * months) : null;
            return Milliseconds.TryGetValue(unit, out var milliseconds) ? (SqlKind.IntervalTime, (long)(number * milliseconds)) : null;
        }

        if (unit == "YEAR" && last == "MONTH")
            return text.Split('-') is [var y, var m] && Number(y, out var years) && Number(m, out var more) && more < 12 ? (SqlKind.IntervalMonths, (years * 12) + more) : null;
        var (from, to) = (Array.IndexOf(Clock, unit), Array.IndexOf(Clock, last));
        if (from < 0 || to <= from)
            return null;
        // D H:M:S.f: the first has any number of digits, the others are what their clocks show.
        string[] parts = from == 0 ? text.Split(' ') is [var day, var rest] ? [day, .. rest.Split(':')] : [] : text.Split(':');
        if (parts.Length != to - from + 1)
            return null;
        long sum = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var name = Clock[from + i];
            if (!decimal.TryParse(parts[i], name == "SECOND" ? NumberStyles.AllowDecimalPoint : NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || (i > 0 && number >= (name == "HOUR" ? 24 : 60)) || number > 1_000_000_000)
                return null;
            sum += (long)(number * Milliseconds[name]);
        }

        return (SqlKind.IntervalTime, sum);
    }

    private static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 1_000_000_000;
}
