using System.Text.Json;

namespace Serverless.Infra.Tests;

/// <summary>Every file compiles, and the linter at its strictest has nothing to say.</summary>
public sealed class CompilerTests
{
    [Fact]
    public void Every_file_builds_without_a_word() => Assert.Empty(Infrastructure.Diagnostics);

    [Fact]
    public void The_linter_has_nothing_to_say()
    {
        Assert.SkipWhen(Compiler.Missing is not null, Compiler.Missing ?? "");
        var (output, exitCode) = Compiler.Run("lint", "--pattern", Path.Combine(Infrastructure.Folder, "**", "*.bicep"));
        Assert.Equal("", output.Trim());
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void Every_rule_is_an_error()
    {
        using var config = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Infrastructure.Folder, "bicepconfig.json")),
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        var core = config.RootElement.GetProperty("analyzers").GetProperty("core");
        Assert.True(core.GetProperty("enabled").GetBoolean());
        var rules = core.GetProperty("rules").EnumerateObject().ToList();
        Assert.True(rules.Count > 40);
        Assert.All(rules, r => Assert.Equal("error", r.Value.GetProperty("level").GetString()));
    }

    [Fact]
    public void A_rule_is_set_aside_only_where_no_version_does_without() =>
        Assert.All(
            Infrastructure.Files.SelectMany(File.ReadLines).Where(l => l.StartsWith("#disable", StringComparison.Ordinal)),
            line => Assert.Equal("#disable-next-line use-recent-api-versions // category groups", line));

    [Fact]
    public void Both_plans_and_every_optional_module_are_deployed_by_some_file()
    {
        var deployments = Infrastructure.Deployments;
        Assert.Contains(deployments, d => d.IsPremium);
        Assert.Contains(deployments, d => !d.IsPremium);
        Assert.Contains(deployments, d => d.IsPremium && d.IsPrivate);
        Assert.Contains(deployments, d => !d.IsPremium && d.IsPrivate);
        foreach (var type in (string[])["Microsoft.DurableTask/schedulers", "Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.DBforMySQL/flexibleServers", "Microsoft.Network/virtualNetworks", "Microsoft.Insights/webtests"])
        {
            Assert.Contains(deployments, d => d.Of(type).Any());
            Assert.Contains(deployments, d => !d.Of(type).Any());
        }
        var modules = Infrastructure.Files.Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "modules").Select(Path.GetFileName);
        var main = File.ReadAllText(Path.Combine(Infrastructure.Folder, "main.bicep"));
        Assert.All(modules.Except(["clouds.bicep", "roles.bicep", "types.bicep"]), m => Assert.Contains($"'modules/{m}'", main, StringComparison.Ordinal));
    }
}
