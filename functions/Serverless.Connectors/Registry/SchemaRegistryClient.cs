using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Serverless.Engine.Formats;

namespace Serverless.Connectors.Registry;

/// <summary>Asks a schema registry, over its HTTP API, for the schemas that records were written with, and registers those that rows are written by.</summary>
public sealed class SchemaRegistryClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Uri[] _addresses;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<int, WriterSchema> _known = new();

    /// <summary>Makes one; it connects when asked.</summary>
    /// <param name="url">The registry's address, or several with commas between, tried in order.</param>
    /// <param name="login">The user and the password with a colon between; null for none.</param>
    /// <param name="token">A bearer's token; null for none.</param>
    public SchemaRegistryClient(string url, string? login, string? token)
    {
        _addresses = [.. url.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(a => new Uri(a.TrimEnd('/') + "/"))];
        _http = new HttpClient { Timeout = Patience };
        login ??= _addresses.Select(a => Uri.UnescapeDataString(a.UserInfo)).FirstOrDefault(u => u.Length > 0);
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else if (login is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
    }

    /// <summary>Where it is, without a secret.</summary>
    public string Place => string.Join(", ", _addresses.Select(a => a.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)));

    /// <summary>Returns a schema that is known already.</summary>
    public WriterSchema? Known(int id) => _known.GetValueOrDefault(id);

    /// <summary>Returns the schema of a number.</summary>
    /// <exception cref="SinkUnavailableException">The registry could not be reached: try again later.</exception>
    /// <exception cref="ConnectorException">It does not let this user in.</exception>
    public async Task<WriterSchema> SchemaAsync(int id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var known))
            return known;
        var (status, body) = await SendAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"schemas/ids/{id}"), null, cancellationToken);
        // A number that the registry does not know now it may know later: another registry's, or a replica's that is behind.
        if (status == HttpStatusCode.NotFound)
            return new WriterSchema(null, $"schema {id} is not in the registry at {Place}: the record was written with another registry");
        return _known[id] = Read(id, body);
    }

    /// <summary>Registers a schema, and returns its number.</summary>
    /// <exception cref="SinkUnavailableException">The registry could not be reached: try again later.</exception>
    /// <exception cref="ConnectorException">It refuses the schema, or does not let this user in.</exception>
    public async Task<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, $"subjects/{Uri.EscapeDataString(subject)}/versions", new { schema }, cancellationToken);
        using var json = JsonDocument.Parse(body);
        return status == HttpStatusCode.OK && json.RootElement.TryGetProperty("id", out var id) ? id.GetInt32()
            : throw new ConnectorException($"the schema registry at {Place} refuses the schema of '{subject}': {(json.RootElement.TryGetProperty("message", out var message) ? message.GetString() : status.ToString())}");
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static WriterSchema Read(int id, string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.TryGetProperty("schemaType", out var type) && type.GetString() is var kind && kind != "AVRO")
                return new WriterSchema(null, $"schema {id} is one of {kind}, and the format 'avro-confluent' reads Avro's");
            return new WriterSchema(AvroSchema.Parse(json.RootElement.GetProperty("schema").GetString()!), null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new WriterSchema(null, $"schema {id} of the registry cannot be used: {e.Message}");
        }
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, object? content, CancellationToken cancellationToken)
    {
        var problem = "";
        foreach (var address in _addresses)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(WithoutUser(address), path));
                if (content is not null)
                    request.Content = JsonContent.Create(content, new MediaTypeHeaderValue("application/vnd.schemaregistry.v1+json"));
                using var response = await _http.SendAsync(request, cancellationToken);
                if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                    throw new ConnectorException($"the schema registry at {Place} does not let this user in ({(int)response.StatusCode}): see 'avro-confluent.basic-auth.user-info'");
                if ((int)response.StatusCode < 500)
                    return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
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
        }

        throw new SinkUnavailableException($"the schema registry at {Place} cannot be reached: {problem}");
    }

    private static Uri WithoutUser(Uri address) => new UriBuilder(address) { UserName = "", Password = "" }.Uri;
}
