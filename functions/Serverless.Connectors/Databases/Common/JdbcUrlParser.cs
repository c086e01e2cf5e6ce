using System.Globalization;
using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Common;

/// <summary>Reads a <see cref="JdbcUrl"/>.</summary>
/// <param name="text">The URL.</param>
/// <param name="diagnostics">Told what there is to say.</param>
internal sealed class JdbcUrlParser(string text, ICollection<UrlDiagnostic> diagnostics)
{
    // What separates the parts is looked for where no placeholder is.
    private readonly string _mask = Placeholders.Mask(text);
    private bool _failed;

    /// <summary>Reads it; null if it cannot be, or where a placeholder hides what it is.</summary>
    public JdbcUrl? Parse(IReadOnlyList<DatabaseKind> kinds)
    {
        var kind = kinds.Cast<DatabaseKind?>().FirstOrDefault(k => _mask.StartsWith(Scheme(k!.Value), StringComparison.OrdinalIgnoreCase));
        if (kind is null)
        {
            var scheme = _mask.IndexOf("//", StringComparison.Ordinal) is var slashes and >= 0 ? _mask[..slashes] : _mask;
            if (!IsOpaque(scheme))
                Error(0, text.Length, "must be " + string.Join(" or ", kinds.Select(k => $"'{Scheme(k)}host:port/database'")));
            return null;
        }
        var start = Scheme(kind.Value).Length;
        var query = _mask.IndexOf('?', start) is var mark and >= 0 ? mark : text.Length;
        var slash = _mask.IndexOf('/', start, query - start) is var found and >= 0 ? found : query;
        var (host, port) = Authority(start, slash, kind.Value);
        var database = Database(kind.Value, start, slash, query);
        var url = JdbcUrlParameters.Apply(new JdbcUrl(kind.Value, host, port, database), Parameters(query), (severity, p, message) => Remark(severity, p.Start, p.Length, message));
        if (url.Tls is TlsMode.None or TlsMode.Preferred && !DatabaseAddress.IsLoopback(host))
            Remark(Severity.Notice, start, slash - start, $"sends rows, and what proves the password, in the clear{(url.Tls == TlsMode.None ? "" : " where the server has no TLS")}");
        var isHidden = slash == query && IsOpaque(_mask[start..slash]);
        return _failed || isHidden ? null : url;
    }

    private static string Scheme(DatabaseKind kind) => kind == DatabaseKind.MySql ? "jdbc:mysql://" : "jdbc:postgresql://";

    private static bool IsOpaque(string mask) => mask.Contains(Placeholders.MaskCharacter);

    private (string Host, int Port) Authority(int start, int end, DatabaseKind kind)
    {
        var authority = _mask[start..end];
        var usual = kind == DatabaseKind.MySql ? 3306 : 5432;
        if (start == end)
            return Failed("names no host");
        if (authority.Contains('@'))
            return Failed("cannot hold a user or a password: write them as 'username' and 'password'");
        if (authority.AsSpan().IndexOfAny(',', '(', ')') >= 0)
            return Failed("must name one host, such as the cluster's own address, which leads to the server that takes writes");
        var (hostStart, hostEnd) = (start, end);
        var colon = _mask.LastIndexOf(':', end - 1, end - start);
        if (authority.StartsWith('['))
        {
            var close = _mask.IndexOf(']', start, end - start);
            if (close < 0 || (close + 1 < end && _mask[close + 1] != ':'))
                return Failed("must have an IPv6 address in brackets, as in '[::1]:3306'");
            (hostStart, hostEnd, colon) = (start + 1, close, close + 1 < end ? close + 1 : -1);
        }
        else if (colon >= 0 && _mask.IndexOf(':', start, end - start) != colon)
        {
            return Failed("must have an IPv6 address in brackets, as in '[::1]:3306'");
        }
        else if (colon >= 0)
        {
            hostEnd = colon;
        }
        if (hostStart == hostEnd)
            return Failed("names no host");
        var port = usual;
        if (colon >= 0 && !IsOpaque(_mask[(colon + 1)..end]))
        {
            if (OptionChecks.Port(text[(colon + 1)..end]) is { } wrong)
                Error(colon + 1, end - colon - 1, $"has a port that {wrong}");
            else
                port = int.Parse(text.AsSpan(colon + 1, end - colon - 1), CultureInfo.InvariantCulture);
        }
        return (text[hostStart..hostEnd], port);

        (string Host, int Port) Failed(string message)
        {
            Error(start, end - start, message);
            return ("", usual);
        }
    }

    private string Database(DatabaseKind kind, int start, int slash, int query)
    {
        var database = slash < query ? text[(slash + 1)..query] : "";
        if (database.Length == 0)
        {
            // A placeholder may stand for the host and all that comes behind it.
            if (slash < query || !IsOpaque(_mask[start..slash]))
                Error(start, query - start, $"names no database: write '{Scheme(kind)}host:port/database'");
        }
        else if (_mask.IndexOf('/', slash + 1, query - slash - 1) >= 0)
        {
            Error(slash + 1, query - slash - 1, "must end with one database");
        }
        return Uri.UnescapeDataString(database);
    }

    private IEnumerable<JdbcParameter> Parameters(int query)
    {
        for (var start = query + 1; start < text.Length;)
        {
            var end = _mask.IndexOf('&', start) is var next and >= 0 ? next : text.Length;
            var equals = _mask.IndexOf('=', start, end - start) is var sign and >= 0 ? sign : end;
            // What a placeholder has a part in is looked at when it has a value.
            if (end > start && !IsOpaque(_mask[start..end]))
                yield return new JdbcParameter(Decode(start, equals), equals < end ? Decode(equals + 1, end) : "", start, end - start);
            start = end + 1;
        }
    }

    private string Decode(int start, int end) => Uri.UnescapeDataString(text[start..end].Replace('+', ' '));

    private void Error(int start, int length, string message) => Remark(Severity.Error, start, length, message);

    private void Remark(Severity severity, int start, int length, string message)
    {
        _failed |= severity == Severity.Error;
        diagnostics.Add(new UrlDiagnostic(severity, start, length, message));
    }
}
