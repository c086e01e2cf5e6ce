using System.Text.Json.Nodes;

namespace Serverless.Infra.Tests;

/// <summary>A resource as a deployment would send it; what only the deployment can know is left as an expression, <c>[…]</c>.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Id">Where it is.</param>
/// <param name="Json">All of it.</param>
internal sealed record Resource(string Type, string Id, JsonNode Json)
{
    /// <summary>A property by its path; null where it is not set.</summary>
    public JsonNode? this[params string[] path] => path.Aggregate(Json["properties"], (node, name) => node?[name]);

    /// <summary>A property's text.</summary>
    public string? Text(params string[] path) => this[path]?.ToString();

    /// <inheritdoc />
    public override string ToString() => $"{Type} {Id}";
}
