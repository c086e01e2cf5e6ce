namespace Serverless.Dashboard;

/// <summary>The headers that every answer has, the page's and a refusal's too.</summary>
public static class DashboardHeaders
{
    /// <summary>Scripts, styles and data of the same origin only, and no frame around them.</summary>
    public static IReadOnlyDictionary<string, string> Security { get; } = new Dictionary<string, string>
    {
        ["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ["X-Content-Type-Options"] = "nosniff",
        ["Referrer-Policy"] = "no-referrer",
    }.AsReadOnly();

    /// <summary>Those of data, which nobody is to keep.</summary>
    public static IReadOnlyDictionary<string, string> Data { get; } = With("Cache-Control", "no-store");

    /// <summary>The headers that every answer has, and more.</summary>
    internal static IReadOnlyDictionary<string, string> With(params ReadOnlySpan<string> more)
    {
        var headers = new Dictionary<string, string>(Security);
        for (var i = 0; i < more.Length; i += 2)
            headers[more[i]] = more[i + 1];
        return headers.AsReadOnly();
    }
}
