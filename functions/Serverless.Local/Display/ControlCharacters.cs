using System.Globalization;
using System.Text;

namespace Serverless.Local.Display;

/// <summary>Text that may come from a record, made safe for a terminal, and for a pipe, which often ends in one.</summary>
internal static class ControlCharacters
{
    /// <summary>
    /// The text with control characters written out, as in <c>\u001b</c>, which a terminal would obey, and those that change the direction of text, which
    /// would show it in another order (Unicode's UAX #9, and CVE-2021-42574). Line ends and tabs stay.
    /// </summary>
    public static string Escape(string text)
    {
        if (!text.Any(IsObeyed))
            return text;
        var visible = new StringBuilder(text.Length + 16);
        foreach (var character in text.ReplaceLineEndings("\n"))
        {
            if (IsObeyed(character))
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                visible.Append(character);
        }
        return visible.ToString();
    }

    private static bool IsObeyed(char character) =>
        (char.IsControl(character) && character is not ('\n' or '\t'))
        || character is '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
