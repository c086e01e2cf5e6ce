using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>
/// A table's name as a script writes it, <c>consume</c>, <c>public.consume</c> or <c>"Sales"."Order ""x"""</c>: a part without quotes is in lower
/// case whatever the script says, as everywhere in PostgreSQL, and one with quotes as it stands.
/// </summary>
/// <param name="Schema">The schema; null if the name has none.</param>
/// <param name="Table">The table.</param>
internal sealed record PostgreSqlName(string? Schema, string Table)
{
    /// <summary>Reads a name that is known to be one.</summary>
    public static PostgreSqlName Parse(string text) => TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is no table's name");

    /// <summary>Reads a name; false where it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PostgreSqlName? name)
    {
        name = null;
        var parts = new List<string>();
        for (var at = 0; ; at++)
        {
            if (!TryPart(text, ref at, out var part))
                return false;
            parts.Add(part);
            if (at == text.Length)
                break;
            if (text[at] != '.')
                return false;
        }
        if (parts.Count > 2)
            return false;
        name = new PostgreSqlName(parts.Count == 2 ? parts[0] : null, parts[^1]);
        return true;
    }

    private static bool TryPart(string text, ref int at, out string part)
    {
        var read = new StringBuilder();
        part = "";
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length; read.Append(text[at++]))
                if (text[at] == '"' && (++at == text.Length || text[at] != '"'))
                {
                    part = read.ToString();
                    return part.Length > 0;
                }
            return false;
        }
        for (; at < text.Length && text[at] != '.'; at++)
        {
            if (text[at] is '"' or '\'' or ';' || char.IsWhiteSpace(text[at]))
                return false;
            read.Append(char.IsAsciiLetterUpper(text[at]) ? char.ToLowerInvariant(text[at]) : text[at]);
        }
        part = read.ToString();
        return part.Length > 0;
    }
}
