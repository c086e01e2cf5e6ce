using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>A table's name as a script writes it: <c>sales</c>, <c>shop.sales</c>, or with backquotes around what holds other characters.</summary>
/// <param name="Database">The database it is in; null if the name has none.</param>
/// <param name="Table">The table.</param>
internal sealed partial record MySqlName(string? Database, string Table)
{
    /// <summary>Reads a name; false where it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MySqlName? name)
    {
        var match = Pattern().Match(text);
        name = match.Success ? new MySqlName(match.Groups["database"] is { Success: true } database ? Unquoted(database.Value) : null, Unquoted(match.Groups["table"].Value)) : null;
        return name is not null;
    }

    private static string Unquoted(string part) => part[0] == '`' ? part[1..^1].Replace("``", "`", StringComparison.Ordinal) : part;

    [GeneratedRegex("""^((?<database>`([^`]|``)+`|[^`.\s;'"]+)\.)?(?<table>`([^`]|``)+`|[^`.\s;'"]+)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
