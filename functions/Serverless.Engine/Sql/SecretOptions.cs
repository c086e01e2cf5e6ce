using System.Text.RegularExpressions;

namespace Serverless.Engine.Sql;

/// <summary>Which options hold secrets, and what is shown of them: the one list that warnings, errors, plans and stored scripts go by.</summary>
public static partial class SecretOptions
{
    /// <summary>What stands where a stored script had a secret.</summary>
    public const string Withheld = "${SECRET}";

    // A URL of a token's endpoint and a file of credentials are none.
    private const string Names = @"password|passwd|passphrase|pwd|secret|jaas\.config|access[._-]?key|user[._-]?info|token(?![._-]?endpoint)|ssl\.key\.pem|keystore\.key|oauthbearer\.config";

    private const string Placeholder = @"\$\{[A-Za-z_][A-Za-z0-9_.:\-]*\}";

    /// <summary>Returns whether an option's value is a secret, by its name.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    /// <summary>Returns whether an option says a secret itself: one that only names settings, as in <c>${PASSWORD}</c>, does not.</summary>
    public static bool SaysSecret(TableOption option)
    {
        if (!IsSecret(option.Name))
            return false;
        // A login module's options are one value, of which only some are secrets.
        var secrets = option.Name.EndsWith("jaas.config", StringComparison.OrdinalIgnoreCase) && LoginSecret().Matches(option.Value) is { Count: > 0 } found
            ? found.Select(m => m.Groups["value"].Value)
            : [option.Value];
        return secrets.Any(s => OnePlaceholder().Replace(s, "").Trim().Length > 0);
    }

    /// <summary>Returns a script's text as it may be shown: each character of a secret is an asterisk, and every other one stays in its place.</summary>
    public static string Hide(string script) => Replace(script, static secret => string.Create(secret.Length, secret, static (masked, secret) =>
    {
        for (var i = 0; i < masked.Length; i++)
            masked[i] = secret[i] is '\r' or '\n' ? secret[i] : '*';
    }));

    /// <summary>Returns a script's text as it may be stored: with <see cref="Withheld"/> instead of each secret, so that it still compiles.</summary>
    public static string Withhold(string script) => Replace(script, static _ => Withheld);

    private static string Replace(string script, Func<string, string> replacement) => Secret().Replace(script, found =>
    {
        var value = found.Groups["value"];
        return value.Length == 0 ? found.Value : $"{found.Value[..(value.Index - found.Index)]}{replacement(value.Value)}{found.Value[(value.Index - found.Index + value.Length)..]}";
    });

    [GeneratedRegex($"({Names})", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex("""(password|secret|key|token)\s*=\s*(?<quote>["'])(?<value>.*?)\k<quote>""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex LoginSecret();

    [GeneratedRegex(Placeholder)]
    private static partial Regex OnePlaceholder();

    // An option's name that says it is a secret, and its literal, with the quotes that web pages make of SQL's, closed or not; a parameter of a URL; a user's
    // password in front of a host.
    [GeneratedRegex(
        $"""
        [\w.-]*({Names})[\w.-]*['`"‘’‚‛′＇“”„‟″＂]?\s*=\s*
          ( '(?!{Placeholder}')(?<value>([^']|'')*)
          | [‘’‚‛′＇](?!{Placeholder}[‘’‚‛′＇])(?<value>[^'‘’‚‛′＇]*)
          | ["“”„‟″＂](?!{Placeholder}["“”„‟″＂])(?<value>[^"“”„‟″＂]*) )
        | [?&;](password|pwd|secret|token)=(?!{Placeholder})(?<value>[^&;'\s]+)
        | ://[^/:@'\s]+:(?!{Placeholder}@)(?<value>[^/@'\s]+)(?=@)
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();
}
