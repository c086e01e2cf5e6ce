using System.Globalization;
namespace Serverless.Engine.Expressions;

/// <summary>How plans print expressions: as SQL, so that a plan can be read beside its script.</summary>
internal static class PlanText
{
    public static string Literal(object? value) => value switch
    {
        null => "NULL",
        bool b => b ? "TRUE" : "FALSE",
        string s => $"'{s.Replace("'", "''", StringComparison.Ordinal)}'",
        DateOnly d => $"DATE '{d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'",
        DateTime t => $"TIMESTAMP '{t.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)}'",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>Returns an expression for people to read: a minus as they write it, and functions of the script without what tells their code from any other.</summary>
    public static Scalar Readable(Scalar scalar) => scalar.Replace(s => s switch
    {
        // Fingerprints keep the name that it has always had.
        CallScalar { Function.Name: "NEGATE" } minus => minus with { Function = minus.Function with { Name = "-" }, Arguments = new([Readable(minus.Arguments[0])]) },
        CallScalar { Function.Identity: not null } call => call with { Function = call.Function with { Identity = null }, Arguments = new([.. call.Arguments.Select(Readable)]) },
        _ => null,
    });

    public static string Call(CallScalar call)
    {
        if (call.IsCast)
            return $"CAST({call.Arguments[0]} AS {call.Type})";
        if (call.Arguments.Count == 2 && !char.IsLetter(call.Function.Name[0]))
            return $"({call.Arguments[0]} {call.Function.Name} {call.Arguments[1]})";
        if (call.Arguments.Count == 1 && call.Function.Name == "-")
            return call.Arguments[0].ToString() is ['-', ..] negative ? $"-({negative})" : $"-{call.Arguments[0]}";
        return $"{call.Function.Name}{(call.Function.Identity is { } code ? $"@{code}" : "")}({string.Join(", ", call.Arguments.Select(a => a.ToString()).Concat(call.Symbols))})";
    }
}
