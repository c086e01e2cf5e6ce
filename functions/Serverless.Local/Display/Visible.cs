using System.Globalization;
using System.Text;

namespace Serverless.Local.Display;

/// <summary>Text that may come from a record, as a terminal may have it.</summary>
internal static class Visible
{
    /// <summary>The text with control characters written out, as in <c>\u001b</c>: a terminal would obey them. Line ends and tabs stay.</summary>
    public static string Of(string text)
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

    private static bool IsObeyed(char character) => char.IsControl(character) && character is not ('\n' or '\t');
}
