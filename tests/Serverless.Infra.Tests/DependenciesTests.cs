using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Serverless.Infra.Tests;

/// <summary>What <c>docs/security.md</c> says the product is made of.</summary>
public sealed partial class DependenciesTests
{
    [Fact]
    public void The_table_of_dependencies_has_the_packages_and_versions_of_the_build()
    {
        var projects = Directory.GetDirectories(Path.Combine(Repository.Root, "functions")).SelectMany(folder => Directory.GetFiles(folder, "*.*proj").Concat(Directory.GetFiles(folder, "*.targets")))
            .Select(File.ReadAllText).ToList();
        var used = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(p => (Name: p.Attribute("Include")!.Value, Version: p.Attribute("Version")!.Value))
            .Where(p => projects.Exists(text => text.Contains($"\"{p.Name}\"", StringComparison.Ordinal) || text.Contains($">{p.Name}<", StringComparison.Ordinal)));
        using var page = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "functions", "dashboard", "package.json")));
        var shipped = page.RootElement.GetProperty("dependencies").EnumerateObject().Select(p => (p.Name, p.Value.GetString()!));

        var table = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"))).Select(m => (m.Groups[1].Value, m.Groups[2].Value));

        Assert.Equal(used.Concat(shipped).Order(), table.Order());
    }

    [GeneratedRegex(@"^\| ([\w.-]+) \| (\d[\w.-]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
