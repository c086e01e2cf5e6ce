using System.Net;
using System.Text;
using System.Text.Json;

namespace Serverless.TestServers;

/// <summary>Elasticsearch, as its documentation describes <c>_bulk</c> with external versions: as much as a sink uses.</summary>
public sealed class ElasticsearchServer : HttpServer
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Index, string Id), (long Version, string? Document)> _documents = [];
    private readonly List<string> _requests = [];
    private int _ids;

    /// <summary>What it says its version is.</summary>
    public string Version { get; set; } = "7.17.0";

    /// <summary>The product, which only OpenSearch names; null for Elasticsearch.</summary>
    public string? Distribution { get; set; }

    /// <summary>The most bytes of a request.</summary>
    public long MaxContentLength { get; set; } = 100 << 20;

    /// <summary>How many more requests it answers with 429.</summary>
    public int Busy { get; set; }

    /// <summary>How many more requests it does, and loses the connection before it answers.</summary>
    public int LosesAnswers { get; set; }

    /// <summary>The ids of documents that it does not take now, because a queue is full.</summary>
    public HashSet<string> Rejected { get; } = [];

    /// <summary>A text that no document may contain: its field is a number in the index.</summary>
    public string? Unmapped { get; set; }

    /// <summary>The bodies of the bulk requests so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>The documents, <c>index/id version document</c>, in the order of their indices and ids.</summary>
    public IReadOnlyList<string> Documents
    {
        get
        {
            lock (_lock)
                return [.. _documents.Where(d => d.Value.Document is not null).Select(d => $"{d.Key.Index}/{d.Key.Id} {d.Value.Document}").Order(StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc />
    protected override async Task<(int Status, object Answer)?> AnswerAsync(HttpListenerRequest request)
    {
        if (!IsLoggedIn(request))
            return (401, Error("security_exception", "missing authentication credentials"));
        if (request.HttpMethod == "GET" && request.Url!.AbsolutePath == "/")
            return (200, new { version = new { number = Version, distribution = Distribution } });
        if (request.HttpMethod != "POST" || request.Url!.AbsolutePath != "/_bulk")
            return (405, Error("illegal_argument_exception", "incorrect HTTP method"));
        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        lock (_lock)
        {
            _requests.Add(body);
            if (Encoding.UTF8.GetByteCount(body) > MaxContentLength)
                return (413, new { });
            if (Busy > 0)
            {
                Busy--;
                return (429, Error("circuit_breaking_exception", "[parent] Data too large"));
            }

            if (!body.EndsWith('\n') || request.ContentType != "application/x-ndjson")
                return (400, Error("illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]"));
            var items = new List<object>();
            var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            for (var at = 0; at < lines.Length; at++)
            {
                using var action = JsonDocument.Parse(lines[at]);
                var (verb, to) = (action.RootElement.EnumerateObject().First().Name, action.RootElement.EnumerateObject().First().Value);
                if (to.TryGetProperty("_type", out _) && !Version.StartsWith('6'))
                    return (400, Error("illegal_argument_exception", "Action/metadata line [1] contains an unknown parameter [_type]"));
                items.Add(new Dictionary<string, object> { [verb] = Do(to, verb == "delete" ? null : lines[++at]) });
            }

            if (LosesAnswers > 0)
            {
                LosesAnswers--;
                return null;
            }

            return (200, new { took = 1, errors = true, items });
        }
    }

    private static object Error(string type, string reason) => new { error = new { root_cause = new[] { new { type, reason } }, type, reason } };

    private object Do(JsonElement to, string? document)
    {
        var index = to.GetProperty("_index").GetString()!;
        var id = to.TryGetProperty("_id", out var named) ? named.GetString()! : $"auto-{_ids++}";
        if (Rejected.Contains(id))
            return Fail(429, "es_rejected_execution_exception", "rejected execution of coordinating operation");
        if (index.Any(char.IsAsciiLetterUpper))
            return Fail(400, "invalid_index_name_exception", "must be lowercase");
        var version = to.TryGetProperty("version", out var given) ? given.GetInt64() : 1;
        var known = _documents.GetValueOrDefault((index, id));
        // external_gte: the same version again is written again.
        if (to.TryGetProperty("version_type", out var type) && type.GetString() == "external_gte" && version < known.Version)
            return Fail(409, "version_conflict_engine_exception", $"[{id}]: version conflict, current version [{known.Version}] is higher than the one provided [{version}]");
        if (document is not null && Unmapped is { } unmapped && document.Contains(unmapped, StringComparison.Ordinal))
        {
            return new
            {
                _index = index, _id = id, status = 400,
                error = new { type = "mapper_parsing_exception", reason = "failed to parse field [n] of type [long]", caused_by = new { type = "illegal_argument_exception", reason = $"For input string: \"{unmapped}\"" } },
            };
        }

        _documents[(index, id)] = (version, document);
        return new { _index = index, _id = id, _version = version, result = document is null ? known.Document is null ? "not_found" : "deleted" : "updated", status = document is null && known.Document is null ? 404 : 200 };

        object Fail(int status, string kind, string reason) => new { _index = index, _id = id, status, error = new { type = kind, reason } };
    }
}
