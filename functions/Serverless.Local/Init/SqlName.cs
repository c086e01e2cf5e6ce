using Serverless.Engine.Sql.Parsing;

namespace Serverless.Local.Init;

/// <summary>Names as SQL has them.</summary>
internal static class SqlName
{
    /// <summary>Returns a name, in backquotes if it is a reserved word or no plain word.</summary>
    public static string Of(string name) => IsPlain(name) && !ReservedWords.Contains(name.ToUpperInvariant()) ? name : $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>Returns what is left of a text as a plain word.</summary>
    /// <param name="text">The text.</param>
    public static string PlainOf(string text)
    {
        var plain = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')).Trim('_');
        return plain.Length == 0 ? "events" : char.IsAsciiDigit(plain[0]) ? $"t{plain}" : plain;
    }

    private static bool IsPlain(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
