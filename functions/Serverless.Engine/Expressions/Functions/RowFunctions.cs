using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Several values as one: what <c>COUNT(DISTINCT a, b)</c> counts.</summary>
internal static class RowFunctions
{
    /// <summary>A text that is the same for the same values, and NULL if one of them is.</summary>
    public static Scalar Row(ValueList<Scalar> values)
    {
        var texts = values.Select(v => v.Type.Kind == SqlKind.String ? v : new CallScalar(Casts.Find(v.Type, SqlType.String, TimeZoneInfo.Utc)!, [v])).ToArray();
        return new CallScalar(
            new ScalarFunction("ROW", ((Func<string?[], string?>)Joined).Method, [.. texts.Select(t => t.Type)], SqlType.String, TakesNulls: true, IsVariadic: true),
            new(texts));
    }

    private static string? Joined(string?[] values)
    {
        var text = new StringBuilder();
        foreach (var value in values)
        {
            if (value is null)
                return null;
            text.Append(value.Length).Append(':').Append(value);
        }

        return text.ToString();
    }
}
