using System.Net;
using System.Security.Claims;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Moq;

namespace Serverless.App.Tests;

/// <summary>A request as the host hands it on.</summary>
internal sealed class RequestDouble(string url, params (string Name, string Value)[] headers) : HttpRequestData(Mock.Of<FunctionContext>())
{
    public override Stream Body => Stream.Null;

    public override HttpHeadersCollection Headers { get; } = new(headers.Select(h => new KeyValuePair<string, string>(h.Name, h.Value)));

    public override IReadOnlyCollection<IHttpCookie> Cookies => [];

    public override Uri Url { get; } = new(url);

    public override IEnumerable<ClaimsIdentity> Identities => [];

    public override string Method => "GET";

    public override HttpResponseData CreateResponse() => new ResponseDouble(FunctionContext);
}

/// <summary>An answer as the host is given it.</summary>
internal sealed class ResponseDouble(FunctionContext context) : HttpResponseData(context)
{
    public override HttpStatusCode StatusCode { get; set; }

    public override HttpHeadersCollection Headers { get; set; } = [];

    public override Stream Body { get; set; } = new MemoryStream();

    public override HttpCookies Cookies => throw new NotSupportedException();

    public static string Text(HttpResponseData response) => Encoding.UTF8.GetString(((MemoryStream)response.Body).ToArray());

    public static string? Header(HttpResponseData response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
