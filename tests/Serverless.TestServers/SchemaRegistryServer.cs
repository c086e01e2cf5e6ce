using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serverless.TestServers;

/// <summary>A schema registry: as much of its HTTP API as serializers use.</summary>
public sealed class SchemaRegistryServer : HttpServer
{
    private readonly Lock _lock = new();
    private readonly List<(string Schema, string? Type)> _schemas = [];
    private readonly Dictionary<string, List<int>> _subjects = [];

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
    protected override string ContentType => "application/vnd.schemaregistry.v1+json";

    /// <inheritdoc />
    protected override async Task<(int Status, object Answer)?> AnswerAsync(HttpListenerRequest request)
    {
        if (IsDown)
            return (503, new { error_code = 50301, message = "out of service" });
        if (!IsLoggedIn(request))
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
