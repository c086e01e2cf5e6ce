using System.Text.Json.Nodes;

namespace Serverless.Infra.Tests;

/// <summary>What a parameter file would deploy.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Parameters">The parameters that it sets.</param>
/// <param name="Resources">The resources.</param>
/// <param name="Outputs">The outputs.</param>
/// <param name="Text">All of it, to search.</param>
internal sealed record Deployment(string Name, JsonNode Parameters, IReadOnlyList<Resource> Resources, JsonNode Outputs, string Text)
{
    /// <summary>Reads what the compiler says of it.</summary>
    public static Deployment Read(string name, string parameters, string snapshot)
    {
        var json = JsonNode.Parse(snapshot)!;
        return new Deployment(
            name,
            JsonNode.Parse(parameters)!["parameters"]!,
            [.. json["predictedResources"]!.AsArray().Select(r => new Resource((string)r!["type"]!, (string)r["id"]!, r))],
            json["outputs"]!,
            snapshot);
    }

    /// <summary>The app.</summary>
    public Resource App => Of("Microsoft.Web/sites").Single();

    /// <summary>Whether it is on Elastic Premium.</summary>
    public bool IsPremium => (string?)Of("Microsoft.Web/serverfarms").Single().Json["sku"]!["tier"] == "ElasticPremium";

    /// <summary>Whether it has a virtual network.</summary>
    public bool IsPrivate => Of("Microsoft.Network/virtualNetworks").Any();

    /// <summary>The app settings.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        App["siteConfig", "appSettings"]!.AsArray().ToDictionary(s => (string)s!["name"]!, s => (string)s!["value"]!);

    /// <summary>The scripts of the jobs that it is for, which are ours or lie beside the parameter file.</summary>
    public IEnumerable<string> Scripts =>
        Parameters["kafkaFunctions"]!["value"]!.AsArray()
            .Select(f => $"{((string)f!)["ingest-".Length..]}.sql")
            .Select(f => Infrastructure.ScriptFolders.Select(folder => Path.Combine(folder, f)).First(File.Exists));

    /// <summary>The <c>${…}</c> of its scripts.</summary>
    public IReadOnlySet<string> Placeholders => Scripts.SelectMany(s => Connectors.Placeholders.NamesIn(File.ReadAllText(s))).ToHashSet();

    /// <summary>The resources of a type.</summary>
    public IEnumerable<Resource> Of(string type) => Resources.Where(r => r.Type.Equals(type, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc />
    public override string ToString() => Name;
}
