using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Serverless.App.Tests;

/// <summary>As much of a blob service as generations need, in memory: conditions on tags above all.</summary>
internal sealed class BlobStore : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private int _tags;

    /// <summary>The blobs by name, container not included.</summary>
    public Dictionary<string, (byte[] Content, string Tag)> Blobs { get; } = [];

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Answer(request, ReadBody(request));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Answer(request, ReadBody(request)));

    private static byte[] ReadBody(HttpRequestMessage request)
    {
        using var body = new MemoryStream();
        request.Content?.CopyTo(body, null, CancellationToken.None);
        return body.ToArray();
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, byte[] body)
    {
        lock (_lock)
        {
            var name = Uri.UnescapeDataString(string.Join('/', request.RequestUri!.AbsolutePath.Split('/').Skip(3)));
            if (request.RequestUri.Query.Contains("comp=list", StringComparison.Ordinal))
                return Ok($"""<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>{string.Concat(Blobs.Keys.Select(k => $"<Blob><Name>{k}</Name><Properties></Properties></Blob>"))}</Blobs><NextMarker /></EnumerationResults>""", "x", "application/xml");
            if (name.Length == 0)
                return Status(HttpStatusCode.Created);
            var there = Blobs.TryGetValue(name, out var blob);
            if (request.Method == HttpMethod.Get)
                return there ? Ok(System.Text.Encoding.UTF8.GetString(blob.Content), blob.Tag, "application/octet-stream") : Error(HttpStatusCode.NotFound, "BlobNotFound");
            if (request.Method == HttpMethod.Delete)
                return Blobs.Remove(name) ? Status(HttpStatusCode.Accepted) : Error(HttpStatusCode.NotFound, "BlobNotFound");
            if (request.Headers.IfNoneMatch.Count > 0 && there)
                return Error(HttpStatusCode.Conflict, "BlobAlreadyExists");
            if (request.Headers.IfMatch.Count > 0 && (!there || request.Headers.IfMatch.Single().Tag != blob.Tag))
                return Error(HttpStatusCode.PreconditionFailed, "ConditionNotMet");
            Blobs[name] = (body, string.Create(CultureInfo.InvariantCulture, $"\"{_tags++}\""));
            return Tagged(Status(HttpStatusCode.Created), Blobs[name].Tag);
        }
    }

    private static HttpResponseMessage Ok(string content, string tag, string type)
    {
        var response = Tagged(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(content, System.Text.Encoding.UTF8, type) }, tag);
        response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
        return response;
    }

    private static HttpResponseMessage Tagged(HttpResponseMessage response, string tag)
    {
        if (tag.StartsWith('"'))
            response.Headers.ETag = new EntityTagHeaderValue(tag);
        response.Content ??= new ByteArrayContent([]);
        response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
        return response;
    }

    private static HttpResponseMessage Status(HttpStatusCode status) => new(status) { Content = new ByteArrayContent([]) };

    private static HttpResponseMessage Error(HttpStatusCode status, string code)
    {
        var response = Status(status);
        response.Headers.Add("x-ms-error-code", code);
        return response;
    }
}
