using System.Text.RegularExpressions;

namespace Serverless.Infra.Tests;

/// <summary>Workflows run what they name, with no more rights than they need.</summary>
public sealed partial class WorkflowsTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml").Select(p => Path.GetFileName(p))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Actions_are_pinned_by_commit_with_the_release_beside_it(string file)
    {
        var uses = Text(file).Split('\n').Where(l => l.Contains("uses:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(uses);
        Assert.All(uses, l => Assert.Matches(Pinned(), l));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_token_reads_and_signs_in_or_makes_the_release_with_its_images_and_does_nothing_else(string file)
    {
        Assert.Contains("\npermissions:\n  contents: read\n", Text(file), StringComparison.Ordinal);
        Assert.All(Rights().Matches(Text(file)).Select(m => m.Value.Trim()), r => Assert.Contains(r, (string[])(file == "release.yml" ? ["contents: write", "packages: write"] : ["id-token: write"])));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_expression_is_pasted_into_a_command(string file) =>
        Assert.DoesNotMatch(Pasted(), Text(file));

    [Fact]
    public void The_compiler_is_the_one_of_the_tests() =>
        Assert.All(Installed().Matches(Text("deploy.yml")).Select(m => m.Groups[1].Value), v => Assert.Contains($"<BicepVersion>{v}<", File.ReadAllText(Path.Combine(Repository.Root, "tests", "Serverless.Infra.Tests", "Serverless.Infra.Tests.csproj")), StringComparison.Ordinal));

    [Fact]
    public void A_preview_asks_for_no_more_than_the_right_to_read() =>
        Assert.All(WhatIf().Matches(Text("deploy.yml") + File.ReadAllText(Path.Combine(Infrastructure.Folder, "README.md"))).Select(m => m.Value), c => Assert.Contains("--validation-level ProviderNoRbac", c, StringComparison.Ordinal));

    [Fact]
    public void Every_variable_of_the_parameter_files_is_passed_on()
    {
        var workflow = Text("deploy.yml");
        var names = Directory.EnumerateFiles(Infrastructure.Folder, "*.bicepparam").SelectMany(f => Variable().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).Distinct();
        Assert.All(names, n => Assert.Matches($@"{n}: \$\{{\{{ (vars|secrets)\.{n} \}}\}}", workflow));
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, ".github", "workflows", file));

    [GeneratedRegex(@"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^ +[\w-]+: write(-all)?$", RegexOptions.Multiline)]
    private static partial Regex Rights();

    [GeneratedRegex(@"run: [^|\n]*\$\{\{|run: \|\n(?: {10}.*\n)*? {10}.*\$\{\{")]
    private static partial Regex Pasted();

    [GeneratedRegex(@"az bicep install --version v(\S+)")]
    private static partial Regex Installed();

    [GeneratedRegex("az deployment group what-if[^\n`]*")]
    private static partial Regex WhatIf();

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'")]
    private static partial Regex Variable();
}
