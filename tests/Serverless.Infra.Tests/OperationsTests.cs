using System.Text.RegularExpressions;

namespace Serverless.Infra.Tests;

/// <summary>What <c>docs/operations.md</c> names is there.</summary>
public sealed partial class OperationsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    private static readonly string Code = string.Join('\n', new[] { "Serverless.App", "Serverless.Durable", "Serverless.Engine/State", "Serverless.Connectors/Telemetry" }
        .SelectMany(r => Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions", r), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText));

    [Fact]
    public void Every_link_leads_somewhere() => Assert.All(Link().Matches(Page).Select(m => m.Groups[1].Value), link =>
    {
        var parts = link.Split('#');
        var path = parts[0].Length == 0 ? Path.Combine(Repository.Root, "docs", "operations.md") : Path.GetFullPath(Path.Combine(Repository.Root, "docs", parts[0]));
        Assert.True(Path.Exists(path), link);
        if (parts.Length > 1)
            Assert.Contains(parts[1], File.ReadLines(path).Where(l => l.StartsWith('#')).Select(Anchor));
    });

    [Fact]
    public void Every_message_in_it_is_one_of_the_apps()
    {
        var messages = Message().Matches(Page).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(messages.Count > 10);
        // Some of them are named like alerts, or like a step of the workflow.
        var others = File.ReadAllText(Path.Combine(Infrastructure.Folder, "modules", "alerts.bicep")) + File.ReadAllText(Path.Combine(Repository.Root, ".github", "workflows", "deploy.yml"));
        Assert.All(messages, m => Assert.All(m.Split('…', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), part => Assert.Contains(part, Code + others, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_metric_and_every_alert_is_there()
    {
        Assert.All(Metric().Matches(Page).Select(m => m.Value), m => Assert.Contains($"\"{m}\"", Code, StringComparison.Ordinal));
        var alerts = Infrastructure.Deployments.SelectMany(d => d.Of("Microsoft.Insights/scheduledQueryRules")).Select(r => (string)r.Json["name"]!).ToList();
        Assert.All(Alert().Matches(Page).Select(m => m.Groups[1].Value), a => Assert.Contains(alerts, n => n.EndsWith($"-{a}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_file_parameter_and_setting_is_there()
    {
        Assert.All(FilePath().Matches(Page).Select(m => m.Value).Except(["functions/jobs/shops.sql"]), f => Assert.True(Path.Exists(Path.Combine(Repository.Root, f)), f));
        var known = File.ReadAllText(Path.Combine(Infrastructure.Folder, "main.bicep")) + File.ReadAllText(Path.Combine(Repository.Root, "host.json"));
        Assert.All(Name().Matches(Page).Select(m => m.Groups[1].Value).Except(["ingest-shops"]), n => Assert.Contains(n, known, StringComparison.Ordinal));
    }

    private static string Anchor(string heading) => NoAnchor().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?!https:)([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<!\*)\*([^*\n]+)\*(?!\*)")]
    private static partial Regex Message();

    [GeneratedRegex(@"serverless\.(?!json)[a-z_.]+[a-z]")]
    private static partial Regex Metric();

    [GeneratedRegex("alert `([^`]+)`")]
    private static partial Regex Alert();

    [GeneratedRegex(@"(?<![\w/.-])(functions|infra|tests|\.github)/[\w./-]*\w|local\.settings\.sample\.json")]
    private static partial Regex FilePath();

    // Words of camel case.
    [GeneratedRegex("`([a-z]+[A-Z][A-Za-z]+)`")]
    private static partial Regex Name();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NoAnchor();
}
