using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Serverless.Connectors.Kafka;

/// <summary>What Java's clients write as <c>sasl.jaas.config</c>: a login module's class, a flag and options, with a semicolon behind.</summary>
/// <param name="Module">The login module's class, without its package: <c>PlainLoginModule</c>.</param>
/// <param name="Username">The user's name as written, placeholders unresolved.</param>
/// <param name="Password">The password as written, placeholders unresolved.</param>
internal sealed record JaasConfig(string Module, string Username, string Password)
{
    /// <summary>The module's name alone: user and password are nobody's to see.</summary>
    public override string ToString() => Module;

    /// <summary>Whether a mechanism goes with the module.</summary>
    public bool Fits(string mechanism) => Module == "PlainLoginModule"
        ? mechanism.Equals("PLAIN", StringComparison.OrdinalIgnoreCase)
        : mechanism.StartsWith("SCRAM-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one; says what is wrong, as in "must …", without what stands in it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JaasConfig? config, [NotNullWhen(false)] out string? wrong)
    {
        config = null;
        if (!TryReadWords(text, out var words, out wrong))
            return false;
        if (words.Count < 2)
        {
            wrong = "must be '<login module> required username=\"…\" password=\"…\";'";
            return false;
        }
        // Flink's jars carry Kafka's classes under packages of their own: only the last part counts.
        var module = words[0].Name[(words[0].Name.LastIndexOf('.') + 1)..];
        if (module is not ("PlainLoginModule" or "ScramLoginModule"))
        {
            wrong = "must name PlainLoginModule or ScramLoginModule; for others set 'properties.sasl.mechanism' and the client's own 'properties.sasl.*'";
            return false;
        }
        if (words[1] is not { Value: null, Name: var flag } || !flag.Equals("required", StringComparison.OrdinalIgnoreCase))
        {
            wrong = "must have the word 'required' behind the login module";
            return false;
        }
        string? username = null, password = null;
        foreach (var (name, value) in words.Skip(2))
        {
            if (value is null)
            {
                wrong = "must have only name=\"value\" behind 'required'; is a quote missing?";
                return false;
            }
            if (name == "username")
                username = value;
            else if (name == "password")
                password = value;
        }
        if (username is null || password is null)
        {
            wrong = $"must have {(username is null ? "username" : "password")}=\"…\"";
            return false;
        }
        config = new JaasConfig(module, username, password);
        return true;
    }

    // Words and name=value pairs, as Java's StreamTokenizer cuts them: quotes of both kinds, backslash escapes inside quotes.
    private static bool TryReadWords(string text, out List<(string Name, string? Value)> words, [NotNullWhen(false)] out string? wrong)
    {
        words = [];
        wrong = null;
        var at = 0;
        while (true)
        {
            SkipSpace(text, ref at);
            if (at == text.Length)
            {
                wrong = "must end with a semicolon";
                return false;
            }
            if (text[at] == ';')
                break;
            if (!TryReadToken(text, ref at, out var name))
            {
                wrong = "has a quote that is not closed";
                return false;
            }
            SkipSpace(text, ref at);
            if (at == text.Length || text[at] != '=')
            {
                words.Add((name, null));
                continue;
            }
            at++;
            SkipSpace(text, ref at);
            if (at == text.Length || text[at] == ';')
            {
                wrong = "has a name without a value";
                return false;
            }
            if (!TryReadToken(text, ref at, out var value))
            {
                wrong = "has a quote that is not closed";
                return false;
            }
            words.Add((name, value));
        }
        if (text.AsSpan(at + 1).Trim().Length > 0)
        {
            wrong = "must have one login module and nothing behind its semicolon";
            return false;
        }
        return true;
    }

    private static void SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
    }

    private static bool TryReadToken(string text, ref int at, out string token)
    {
        token = "";
        if (text[at] is not ('"' or '\''))
        {
            var start = at;
            while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (';' or '=' or '"' or '\''))
                at++;
            if (at == start) // a stray '='
                at++;
            token = text[start..at];
            return true;
        }
        var quote = text[at++];
        var characters = new StringBuilder();
        for (; at < text.Length && text[at] != quote; at++)
        {
            var c = text[at];
            if (c == '\\' && at + 1 < text.Length)
                c = text[++at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var other => other };
            characters.Append(c);
        }
        token = characters.ToString();
        return at++ < text.Length;
    }
}
