using System.Text.RegularExpressions;

namespace Serverless.Engine.Sql;

/// <summary>Hides the values of secret options where a script's text is shown: each character becomes an asterisk, so that every other one stays in its place.</summary>
internal static partial class SecretMask
{
    /// <summary>The text with its secrets hidden. Placeholders such as <c>${PASSWORD}</c> are no secrets.</summary>
    public static string Of(string text) => Secret().Replace(text, found => string.Create(found.Length, found, static (masked, found) =>
    {
        found.ValueSpan.CopyTo(masked);
        foreach (Capture value in found.Groups["value"].Captures)
            foreach (ref var c in masked.Slice(value.Index - found.Index, value.Length))
                if (c is not ('\r' or '\n'))
                    c = '*';
    }));

    // An option's name that says it is a secret, and its literal; or a parameter of a URL.
    [GeneratedRegex(
        """
        ['`]?[\w.-]*(password|passwd|passphrase|secret|jaas\.config|access[.-]?key|token|ssl\.key\.pem|ssl\.keystore\.key)[\w.-]*['`]?\s*=\s*'(?!\$\{\w+\}')(?<value>([^']|'')*)
        | [?&;](password|pwd|secret|token)=(?!\$\{)(?<value>[^&;'\s]*)
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();
}
