using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Serverless.Dashboard;

namespace Serverless.App.Http;

/// <summary>
/// The dashboard. Its page is anyone's, as it holds no data and asks for a key where it has none; what it shows is for who has a key of
/// <c>dashboard-api</c>, or of the whole app. The host goes by the first route that fits, so none of these may fit another's address.
/// </summary>
/// <param name="page">The page.</param>
/// <param name="api">Its data.</param>
internal sealed class DashboardFunctions(DashboardPage page, DashboardApi api)
{
    private const string Page = "dashboard/";
    private const string Assets = Page + "assets/";
    private const string Api = Page + "api/";

    /// <summary><c>/api/dashboard/</c>: the page.</summary>
    [Function("dashboard")]
    public async Task<HttpResponseData> PageAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard")] HttpRequestData request, FunctionContext context)
    {
        if (request.Url.AbsolutePath.EndsWith('/'))
            return await AnswerAsync(request, page.Answer("", Header(request, "Accept-Encoding"), Header(request, "If-None-Match")), context.CancellationToken);
        // The page names its files as they lie beside it.
        var response = await AnswerAsync(request, new DashboardAnswer((int)HttpStatusCode.Found, "text/plain", default) { Headers = DashboardHeaders.Data }, context.CancellationToken);
        response.Headers.Add("Location", Page + request.Url.Query);
        return response;
    }

    /// <summary><c>/api/dashboard/assets/…</c>: the page's files.</summary>
    [Function("dashboard-assets")]
    public Task<HttpResponseData> AssetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Assets + "{file}")] HttpRequestData request, FunctionContext context) =>
        AnswerAsync(request, page.Answer("assets/" + Below(request, Assets), Header(request, "Accept-Encoding"), Header(request, "If-None-Match")), context.CancellationToken);

    /// <summary><c>/api/dashboard/api/…</c>: the page's data, for who has the function's key.</summary>
    [Function("dashboard-api")]
    public async Task<HttpResponseData> DataAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = Api + "{*path}")] HttpRequestData request, FunctionContext context) =>
        await AnswerAsync(request, await api.AnswerAsync(Below(request, Api), QueryOf(request), context.CancellationToken), context.CancellationToken);

    private static async Task<HttpResponseData> AnswerAsync(HttpRequestData request, DashboardAnswer answer, CancellationToken cancellationToken)
    {
        var response = request.CreateResponse((HttpStatusCode)answer.Status);
        response.Headers.Add("Content-Type", answer.ContentType);
        foreach (var (name, value) in answer.Headers)
            response.Headers.Add(name, value);
        await response.Body.WriteAsync(answer.Body, cancellationToken);
        return response;
    }

    // As it was sent: a table's name may hold what a route's values would have decoded.
    private static string Below(HttpRequestData request, string route)
    {
        var path = request.Url.AbsolutePath;
        var at = path.IndexOf('/' + route, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : path[(at + 1 + route.Length)..];
    }

    // Without the key, where it came this way: that was the host's to read.
    private static string QueryOf(HttpRequestData request) =>
        string.Join('&', request.Url.Query.TrimStart('?').Split('&').Where(p => !p.StartsWith("code=", StringComparison.OrdinalIgnoreCase)));

    private static string? Header(HttpRequestData request, string name) => request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
