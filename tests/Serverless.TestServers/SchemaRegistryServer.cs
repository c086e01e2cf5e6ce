using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Serverless.TestServers;

/// <summary>A schema registry: as much of its HTTP API as serializers use.</summary>
public sealed class SchemaRegistryServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Lock _lock = new();
    private readonly List<(string Schema, string? Type)> _schemas = [];
    private readonly Dictionary<string, List<int>> _subjects = [];
    private readonly Task _serving;

    /// <summary>Starts one.</summary>
    public SchemaRegistryServer()
    {
        // A port that was free a moment ago may be another's by now.
        for (var attempt = 0; ; attempt++)
        {
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            }

            _listener = new HttpListener();
            _listener.Prefixes.Add(Url);
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                _listener.Close();
            }
        }

        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Its address.</summary>
    public string Url { get; }

    /// <summary>The user and the password that it wants, with a colon between; null for none.</summary>
    public string? Login { get; set; }

    /// <summary>Whether it answers that it is out of service.</summary>
    public bool IsDown { get; set; }

    /// <summary>The subjects that are registered.</summary>
    public IReadOnlyList<string> Subjects
    {
        get
        {
            lock (_lock)
                return [.. _subjects.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Registers a schema, and returns its number.</summary>
    public int Register(string subject, string schema, string? type = null)
    {
        lock (_lock)
        {
            var id = _schemas.IndexOf((schema, type)) + 1;
            if (id == 0)
            {
                _schemas.Add((schema, type));
                id = _schemas.Count;
            }

            if (!_subjects.TryGetValue(subject, out var versions))
                _subjects.Add(subject, versions = []);
            if (!versions.Contains(id))
                versions.Add(id);
            return id;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(30));
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            var (status, answer) = await AnswerAsync(context.Request);
            try
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
                await context.Response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Whoever asked is gone.
            }
        }
    }

    private async Task<(int Status, object Answer)> AnswerAsync(HttpListenerRequest request)
    {
        if (IsDown)
            return (503, new { error_code = 50301, message = "out of service" });
        if (Login is { } login && request.Headers["Authorization"] != $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}")
            return (401, new { error_code = 401, message = "Unauthorized" });
        var path = request.Url!.AbsolutePath.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        if (path is ["schemas", "ids", var number] && int.TryParse(number, CultureInfo.InvariantCulture, out var id))
            lock (_lock)
                return id <= _schemas.Count ? (200, Schema(id)) : (404, new { error_code = 40403, message = "Schema not found" });
        if (path is not ["subjects", var subject, ..] || request.HttpMethod != "POST")
            return (404, new { error_code = 404, message = "Not found" });
        using var body = await JsonDocument.ParseAsync(request.InputStream);
        var schema = body.RootElement.GetProperty("schema").GetString()!;
        var type = body.RootElement.TryGetProperty("schemaType", out var named) ? named.GetString() : null;
        var given = Register(subject, schema, type == "AVRO" ? null : type);
        return (200, new { id = given, version = 1, subject, schema });
    }

    private Dictionary<string, object?> Schema(int id)
    {
        var (schema, type) = _schemas[id - 1];
        var answer = new Dictionary<string, object?> { ["schema"] = schema };
        if (type is not null)
            answer["schemaType"] = type;
        return answer;
    }
}
