using System.Globalization;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>The text of a FLOAT or DOUBLE as CAST to STRING prints it, which is Java's: <c>2.0</c>, <c>139.4</c>, <c>1.0E7</c>.</summary>
internal static class DoubleText
{
    /// <summary>Formats a number.</summary>
    public static string Format(Number number)
    {
        var canonical = number.Normalize();
        if (canonical.Sign == 0)
            return "0.0";
        var exponent = canonical.Digits - canonical.Scale - 1;
        if (exponent is >= -3 and < 7)
            return canonical.Scale <= 0 ? canonical + ".0" : canonical.ToString();
        var digits = Number.Abs(canonical).Unscaled.ToString(CultureInfo.InvariantCulture);
        return $"{(canonical.Sign < 0 ? "-" : "")}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{exponent}";
    }
}
