using System.Globalization;
using System.Text;

namespace Serverless.Engine.Sql;

/// <summary>Prints a diagnostic as a compiler does: position and message, the line, and carets under the place.</summary>
internal static class DiagnosticRenderer
{
    public static string Render(Diagnostic diagnostic)
    {
        var (source, span) = (diagnostic.Source, diagnostic.Span);
        var (line, column) = source.Position(span.Start);
        var text = source.LineAt(span.Start);
        var start = Math.Min(column - 1, text.Length);
        var end = Math.Min(start + span.Length, text.Length);
        var carets = Math.Max(1, text[start..end].EnumerateRunes().Sum(Width));
        return $"""
            {source.Name}:{line}:{column}: {Name(diagnostic.Severity)}: {diagnostic.Message}
            {line,5} | {text}
                  | {Blanks(text[..start])}{new string('^', carets)}
            """.ReplaceLineEndings("\n");
    }

    private static string Name(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "notice",
    };

    // As wide as the text on a terminal: tabs stay tabs, East Asian characters take two columns.
    private static string Blanks(string text)
    {
        var blanks = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\t')
                blanks.Append('\t');
            else
                blanks.Append(' ', Width(rune));
        }
        return blanks.ToString();
    }

    private static int Width(Rune rune) => rune.Value switch
    {
        >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0x303E or >= 0x3041 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 => 2,
        >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE4F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 => 2,
        >= 0x1F300 and <= 0x1F64F or >= 0x1F900 and <= 0x1F9FF or >= 0x20000 and <= 0x3FFFD => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0 : 1,
    };
}
