using System.Text.Json.Nodes;

namespace Serverless.Infra.Tests;

/// <summary>All of <c>infra/</c>, compiled once for all tests.</summary>
internal static class Infrastructure
{
    private static readonly Lazy<Compiled> Everything = new(Compile);

    private static string OwnParameters => Path.Combine(Repository.Root, "tests", "Serverless.Infra.Tests", "Parameters");

    /// <summary>The folder.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "infra");

    /// <summary>The values that the tests deploy as secrets, by setting.</summary>
    public static IReadOnlyDictionary<string, string> Secrets { get; } =
        new[] { "KAFKA_USERNAME", "KAFKA_PASSWORD", "HOLOGRES_USERNAME", "HOLOGRES_PASSWORD", "RDS_USERNAME", "RDS_PASSWORD", "POSTGRES_USERNAME", "POSTGRES_PASSWORD" }
            .ToDictionary(name => name, name => $"planted-{name.ToLowerInvariant()}");

    /// <summary>Where scripts are: ours, and the tests' own.</summary>
    public static IReadOnlyList<string> ScriptFolders { get; } = [Path.Combine(Repository.Root, "functions", "jobs"), OwnParameters];

    /// <summary>The Bicep files.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Directory.EnumerateFiles(Folder, "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>The parameter files: those to deploy with, and the tests' own, for what those leave out.</summary>
    public static IReadOnlyList<string> ParameterFiles { get; } =
    [
        .. new[] { Folder, OwnParameters }
            .SelectMany(f => Directory.EnumerateFiles(f, "*.bicepparam")).Order(StringComparer.Ordinal),
    ];

    /// <summary>main.bicep as an ARM template.</summary>
    public static JsonNode Template => Everything.Value.Template;

    /// <summary>What the compiler and its linter have to say, a line each.</summary>
    public static IReadOnlyList<string> Diagnostics => Everything.Value.Diagnostics;

    /// <summary>What each parameter file would deploy.</summary>
    public static IReadOnlyList<Deployment> Deployments => Everything.Value.Deployments;

    /// <summary>What a parameter file would deploy.</summary>
    public static Deployment Of(string name) => Deployments.Single(d => d.Name == name);

    private static Compiled Compile()
    {
        Assert.SkipWhen(Compiler.Missing is not null, Compiler.Missing ?? "");
        using var compiler = new Compiler(
        [
            .. Secrets,
            new("KAFKA_BROKERS", "broker-1:9093,broker-2:9093"),
            new("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"),
            new("HOLOGRES_ENDPOINT", "hologres:80"),
            new("HOLOGRES_DATABASE", "games"),
            new("RDS_ENDPOINT", "rds:3306"),
            new("RDS_DATABASE", "pages"),
            new("POSTGRES_HOST", "postgres:5432"),
            new("POSTGRES_DATABASE", "shops"),
            new("ALERT_EMAILS", "someone@example.com"),
        ]);
        var diagnostics = new List<string>();
        // With it, its modules.
        var main = Path.Combine(Folder, "main.bicep");
        var built = compiler.Call("bicep/compile", new JsonObject { ["path"] = main });
        Note(main, built);
        var template = JsonNode.Parse((string?)built["contents"] ?? "{}")!;
        var deployments = new List<Deployment>();
        foreach (var file in ParameterFiles)
        {
            var parameters = compiler.Call("bicep/compileParams", new JsonObject { ["path"] = file, ["parameterOverrides"] = new JsonObject() });
            Note(file, parameters);
            var snapshot = compiler.Call("bicep/getSnapshot", new JsonObject
            {
                ["path"] = file,
                ["metadata"] = new JsonObject
                {
                    ["tenantId"] = "00000000-0000-0000-0000-000000000002",
                    ["subscriptionId"] = "00000000-0000-0000-0000-000000000001",
                    ["resourceGroup"] = "games",
                    ["location"] = "westeurope",
                    ["deploymentName"] = "main",
                },
                ["externalInputs"] = new JsonArray(),
            });
            deployments.Add(Deployment.Read(Path.GetFileNameWithoutExtension(file), (string)parameters["parameters"]!, (string)snapshot["snapshot"]!));
        }
        return new Compiled(template, diagnostics, deployments);

        void Note(string file, JsonNode answer)
        {
            if (answer["success"]?.GetValue<bool>() != true)
                diagnostics.Add($"{file} does not build");
            diagnostics.AddRange(answer["diagnostics"]!.AsArray().Select(d => $"{file}: {d!["level"]} {d["code"]}: {d["message"]}"));
        }
    }

    private sealed record Compiled(JsonNode Template, IReadOnlyList<string> Diagnostics, IReadOnlyList<Deployment> Deployments);
}
