using System.Text;

namespace Serverless.Engine.Expressions.Patterns;

/// <summary>A pattern of SIMILAR TO, SQL's own regular expression, as one of Java's over the whole text.</summary>
internal static class SimilarPattern
{
    /// <summary>Translates a pattern.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string ToRegex(string pattern, char? escape)
    {
        var result = new StringBuilder("\\A(?s:");
        var inClass = false;
        for (var at = 0; at < pattern.Length; at++)
        {
            var c = pattern[at];
            if (c == escape)
            {
                if (++at == pattern.Length)
                    throw new FormatException($"nothing stands behind the escape character in '{TextTruncation.Text(pattern)}'");
                // Only what means something needs an escape; a point stays any character, as in Flink.
                if (pattern[at] == '.')
                    result.Append('.');
                else
                    Literal(pattern[at]);
            }
            else if (inClass)
            {
                if (c == '[' && at + 1 < pattern.Length && pattern[at + 1] == ':' && pattern.IndexOf(":]", at, StringComparison.Ordinal) is var end and > 0)
                {
                    result.Append(Named(pattern[(at + 2)..end], pattern));
                    at = end + 1;
                    continue;
                }

                inClass = c != ']';
                result.Append(c is '\\' or '[' or '&' ? $"\\{c}" : c);
            }
            else if (c == '[')
            {
                inClass = true;
                result.Append(c);
                if (at + 1 < pattern.Length && pattern[at + 1] == '^')
                    result.Append(pattern[++at]);
            }
            else
            {
                switch (c)
                {
                    case '%': result.Append(".*"); break;
                    case '_' or '.': result.Append('.'); break;
                    case '|' or '*' or '+' or '?' or '{' or '}' or '(' or ')' or ',': result.Append(c); break;
                    default: Literal(c); break;
                }
            }
        }

        return result.Append(")\\z").ToString();

        void Literal(char c) => result.Append(char.IsAsciiLetterOrDigit(c) || c > 0x7F || c == '_' ? c.ToString() : $"\\{c}");
    }

    private static string Named(string name, string pattern) => name.ToUpperInvariant() switch
    {
        "ALPHA" => "\\p{Alpha}",
        "UPPER" => "\\p{Upper}",
        "LOWER" => "\\p{Lower}",
        "DIGIT" => "\\d",
        "ALNUM" => "\\p{Alnum}",
        "SPACE" => " ",
        "WHITESPACE" => "\\s",
        _ => throw new FormatException($"'{name}' is no class of SIMILAR TO, in '{TextTruncation.Text(pattern)}'"),
    };
}
