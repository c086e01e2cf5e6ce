using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Parts of addresses, and the encoding of forms.</summary>
internal static class UrlFunctions
{
    public static void AddTo(FunctionTable table)
    {
        var text = SqlType.String;
        table.Add("PARSE_URL", "an address, HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO, and perhaps a parameter's name", new Overload(Part, text, text, text), new Overload(Parameter, text, text, text, text));
        table.Add("URL_ENCODE", "a string", new Overload(Encode, text, text));
        table.Add("URL_DECODE", "a string and perhaps whether to decode again and again", call =>
            call.Symbols.Count == 0 && call.Count is 1 or 2 && call.Is(0, SqlKind.String) && (call.Count == 1 || call.Is(1, SqlKind.Boolean))
                ? call.Count == 1 ? call.MakeOfTexts(Decode, text) : call.Make(DecodeAll, text, [text, SqlType.Boolean])
                : null);
    }

    private static string? Part(string address, string part)
    {
        // By hand, since classes for addresses clean up what they read.
        var scheme = address.IndexOf(':', StringComparison.Ordinal);
        if (scheme <= 0 || !address.AsSpan(0, scheme).ContainsOnlyScheme())
            return null;
        var rest = address.AsSpan(scheme + 1);
        var fragment = rest.IndexOf('#') is var hash && hash >= 0 ? rest[(hash + 1)..].ToString() : null;
        if (hash >= 0)
            rest = rest[..hash];
        var query = rest.IndexOf('?') is var mark && mark >= 0 ? rest[(mark + 1)..].ToString() : null;
        if (mark >= 0)
            rest = rest[..mark];
        var authority = "";
        if (rest.StartsWith("//"))
        {
            rest = rest[2..];
            var end = rest.IndexOf('/') is var slash && slash >= 0 ? slash : rest.Length;
            authority = rest[..end].ToString();
            rest = rest[end..];
        }

        var path = rest.ToString();
        var user = authority.LastIndexOf('@') is var at && at >= 0 ? authority[..at] : null;
        var host = authority[(at + 1)..];
        if (host.LastIndexOf(':') is var port and >= 0 && !host.EndsWith(']'))
            host = host[..port];
        return part switch
        {
            "HOST" => host.Length == 0 ? null : host,
            "PATH" => path,
            "QUERY" => query,
            "REF" => fragment,
            "PROTOCOL" => address[..scheme].ToLowerInvariant(),
            "FILE" => query is null ? path : $"{path}?{query}",
            "AUTHORITY" => authority.Length == 0 ? null : authority,
            "USERINFO" => user,
            _ => null,
        };
    }

    private static bool ContainsOnlyScheme(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
                return false;
        return true;
    }

    private static string? Parameter(string address, string part, string name)
    {
        if (part != "QUERY" || Part(address, "QUERY") is not { } query)
            return null;
        foreach (var pair in query.Split('&'))
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
                return pair[(name.Length + 1)..];
        return null;
    }

    private static string Encode(string text)
    {
        var result = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || (char)b is '.' or '-' or '*' or '_')
                result.Append((char)b);
            else if (b == ' ')
                result.Append('+');
            else
                result.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }

    // NULL for what cannot be decoded.
    private static string? Decode(string text)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '+':
                    bytes.Add((byte)' ');
                    break;
                case '%':
                    if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                        return null;
                    bytes.Add(Convert.ToByte(text.Substring(at + 1, 2), 16));
                    at += 2;
                    break;
                default:
                    var width = CodePoints.Width(text, at);
                    bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, width)));
                    at += width - 1;
                    break;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static string? DecodeAll(string text, bool again)
    {
        var decoded = Decode(text);
        while (again && decoded is not null && decoded != text)
            (text, decoded) = (decoded, Decode(decoded));
        return decoded;
    }
}
