using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serverless.Engine.Formats;
using Serverless.Engine.State;

namespace Serverless.Connectors.Elasticsearch;

/// <summary>
/// Documents of Elasticsearch or OpenSearch, written many a request by <c>_bulk</c>. A document has its row's version as its own (<c>external_gte</c>), so that an older row never overwrites a
/// newer one, and writing a row again is harmless. A row without a key is a document more, under an id of the cluster's.
/// </summary>
internal sealed class ElasticsearchSink : ISink
{
    private const int MaxRequestBytes = 5 << 20;
    private const int LongestReason = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ElasticsearchSettings _settings;
    private readonly RowEncoder _encoder;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private bool _hasTypes;
    private int _host;

    /// <summary>Makes one; it connects when opened.</summary>
    public ElasticsearchSink(ElasticsearchSettings settings, ILogger logger)
    {
        (_settings, _logger) = (settings, logger);
        _encoder = RowEncoder.Of(settings.Table, false).Value;
        _hasTypes = settings.DocumentType is not null && settings.Table.Connector == "elasticsearch-6";
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false }) { Timeout = Patience };
        if (settings.User is { } user)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{settings.Password}")));
    }

    /// <inheritdoc />
    public int MaxRows => _settings.MaxRows;

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, "", null, cancellationToken);
        if (status == HttpStatusCode.Unauthorized)
            throw new ConnectorException(LoginRefused(status));
        // A user who may only write to the index is not told of the cluster.
        if (status == HttpStatusCode.OK && VersionOf(body) is { } version)
        {
            _hasTypes &= version.Major < 7 && !version.IsOpenSearch;
            _logger.LogInformation("Table {Table} is written to {Product} {Version} at {Place}", _settings.Table.Name, version.IsOpenSearch ? "OpenSearch" : "Elasticsearch", version.Text, _settings.Place);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedChange>();
        var waiting = new List<(RowChange Change, byte[] Lines)>();
        var bytes = 0L;
        foreach (var change in changes)
        {
            if (_settings.Table.PrimaryKey.Count > 0 && Encoding.UTF8.GetByteCount(IdOf(change)) is > DocumentId.MaxBytes and var length)
            {
                refused.Add(new RefusedChange(change, $"the document's id would have {length} bytes, and the most are {DocumentId.MaxBytes}"));
                continue;
            }

            var lines = LinesOf(change);
            if (waiting.Count > 0 && bytes + lines.Length > MaxRequestBytes)
                await FlushAsync();
            waiting.Add((change, lines));
            bytes += lines.Length;
        }

        if (waiting.Count > 0)
            await FlushAsync();
        return refused;

        async Task FlushAsync()
        {
            await BulkAsync(waiting, refused, cancellationToken);
            waiting = [];
            bytes = 0;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private string IdOf(RowChange change) => DocumentId.Of(change.Values, _settings.Table, _settings.KeyDelimiter);

    // The action and, of an upsert, the document, a line each.
    private byte[] LinesOf(RowChange change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(change.IsDelete ? "delete" : "index");
            writer.WriteString("_index", _settings.Index.Of(change.Values));
            if (_hasTypes)
                writer.WriteString("_type", _settings.DocumentType);
            if (_settings.Table.PrimaryKey.Count > 0)
            {
                writer.WriteString("_id", IdOf(change));
                writer.WriteNumber("version", Math.Max(1, change.Version.Stamp(_settings.TimeToLive)));
                writer.WriteString("version_type", "external_gte");
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        if (!change.IsDelete)
        {
            buffer.Write(_encoder.Encode(change.Values));
            buffer.Write("\n"u8);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private async Task BulkAsync(IReadOnlyList<(RowChange Change, byte[] Lines)> rows, List<RefusedChange> refused, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, "_bulk", [.. rows.SelectMany(r => r.Lines)], cancellationToken);
        if (status == HttpStatusCode.RequestEntityTooLarge)
        {
            if (rows.Count == 1)
            {
                refused.Add(new RefusedChange(rows[0].Change, $"the document has {rows[0].Lines.Length} bytes, more than the cluster takes in a request (http.max_content_length)"));
                return;
            }

            await BulkAsync([.. rows.Take(rows.Count / 2)], refused, cancellationToken);
            await BulkAsync([.. rows.Skip(rows.Count / 2)], refused, cancellationToken);
            return;
        }

        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new SinkUnavailableException(LoginRefused(status));
        if (status != HttpStatusCode.OK)
            throw Unavailable($"it answers {(int)status}{(ReasonOf(body) is { } reason ? $": {reason}" : "")}");
        Judge(rows, body, refused);
    }

    // Every row has an answer of its own. One that must be written again holds up the others: what is written twice is written once.
    private void Judge(IReadOnlyList<(RowChange Change, byte[] Lines)> rows, byte[] body, List<RefusedChange> refused)
    {
        string? passing = null;
        try
        {
            using var answer = JsonDocument.Parse(body);
            var items = answer.RootElement.GetProperty("items");
            if (items.GetArrayLength() != rows.Count)
                throw Unavailable($"it answers for {items.GetArrayLength()} of {rows.Count} rows");
            var at = 0;
            foreach (var item in items.EnumerateArray())
            {
                var change = rows[at++].Change;
                var result = item.EnumerateObject().First().Value;
                var status = result.GetProperty("status").GetInt32();
                var error = result.TryGetProperty("error", out var found) ? found : (JsonElement?)null;
                var type = error is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("type", out var named) ? named.GetString() : null;
                // Removed already; or there is the same row, or a newer one.
                if (status is >= 200 and < 300 || (status == 404 && change.IsDelete) || (status == 409 && _settings.Table.PrimaryKey.Count > 0))
                    continue;
                var reason = Reason(error) is { } text ? $"{type}: {text}" : $"it answers {status}";
                // Of what is wrong with the document, and not with the cluster, an index or the user.
                if (status == 400 && type is not ("index_closed_exception" or "illegal_state_exception"))
                    refused.Add(new RefusedChange(change, reason));
                else
                    passing ??= reason;
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Unavailable("what it answers is no answer of _bulk: is there a proxy in between?");
        }

        if (passing is not null)
            throw Unavailable(passing);
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(HttpMethod method, string path, byte[]? content, CancellationToken cancellationToken)
    {
        var problem = "";
        for (var attempt = 0; attempt < _settings.Hosts.Count; attempt++)
        {
            var host = _settings.Hosts[_host % _settings.Hosts.Count];
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(host, path));
                if (content is not null)
                    request.Content = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
                using var response = await _http.SendAsync(request, cancellationToken);
                // Of a node that is away or too busy another one may be asked.
                if (response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests))
                    return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
                problem = $"it answers {(int)response.StatusCode}";
            }
            catch (HttpRequestException e)
            {
                problem = e.HttpRequestError == HttpRequestError.NameResolutionError ? "there is no such host" : e.HttpRequestError.ToString();
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = "it does not answer";
            }

            _host++;
        }

        throw Unavailable(problem);
    }

    private SinkUnavailableException Unavailable(string problem) => new($"table '{_settings.Table.Name}' at {_settings.Place}: {problem}");

    private string LoginRefused(HttpStatusCode status) =>
        $"table '{_settings.Table.Name}' at {_settings.Place}: the cluster does not let this user {(status == HttpStatusCode.Unauthorized ? "in" : "write")} ({(int)status}): check 'username' and 'password', and what the user may";

    private static string? ReasonOf(byte[] body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("error", out var error) ? Reason(error) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // What is said last is what it is about.
    private static string? Reason(JsonElement? error)
    {
        if (error is not { ValueKind: JsonValueKind.Object } said)
            return error is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        var reason = said.TryGetProperty("reason", out var own) ? own.GetString() : null;
        if (said.TryGetProperty("caused_by", out var cause) && Reason(cause) is { } deeper)
            reason = reason is null ? deeper : $"{reason}: {deeper}";
        return reason is { Length: > LongestReason } ? reason[..LongestReason] + "…" : reason;
    }

    private static (int Major, string Text, bool IsOpenSearch)? VersionOf(byte[] body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            var version = answer.RootElement.GetProperty("version");
            var text = version.GetProperty("number").GetString()!;
            return int.TryParse(text.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
                ? (major, text, version.TryGetProperty("distribution", out var product) && product.GetString() == "opensearch")
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
