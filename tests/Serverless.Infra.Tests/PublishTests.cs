using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Serverless.Infra.Tests;

/// <summary><c>infra/publish</c> with an Azure CLI that only takes down what it is asked.</summary>
public sealed class PublishTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serverless-publish-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void On_elastic_premium_the_package_is_kept_by_commit_and_triggers_are_synchronized_after_the_restart()
    {
        var (asked, said) = Publish("ElasticPremium", Package());
        Assert.Matches(@"^storage blob upload .* --blob-url https://s/packages/[0-9a-f]{12}(-\d{14})?\.zip ", asked[0]);
        Assert.Contains("--blob-url https://s/packages/app.zip", asked[1], StringComparison.Ordinal);
        Assert.StartsWith("functionapp restart --resource-group games --name the-app", asked[2], StringComparison.Ordinal);
        Assert.Equal("resource invoke-action --resource-group games --resource-type Microsoft.Web/sites --name the-app --action syncfunctiontriggers --output none", asked[3]);
        Assert.Equal(4, asked.Count);
        Assert.Matches(@"published [0-9a-f]{12}(-\d{14})? to the-app", said);
    }

    [Fact]
    public void On_flex_consumption_it_is_deployed_by_the_platform_and_kept_too()
    {
        var (asked, _) = Publish("FlexConsumption", Package());
        Assert.StartsWith("storage blob upload", asked[0], StringComparison.Ordinal);
        Assert.StartsWith("functionapp deployment source config-zip --resource-group games --name the-app", asked[1], StringComparison.Ordinal);
        Assert.Equal(2, asked.Count);
    }

    [Theory]
    [InlineData("FlexConsumption", true)]
    [InlineData("ElasticPremium", false)]
    public void A_package_that_cannot_be_kept_stops_only_the_plan_that_runs_from_there(string plan, bool goesOn)
    {
        var (asked, said) = Publish(plan, Package(), refuses: "storage blob upload");
        Assert.Equal(goesOn, asked.Exists(a => a.StartsWith("functionapp", StringComparison.Ordinal)));
        Assert.Equal(goesOn, said.Contains("Storage Blob Data Contributor", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FlexConsumption", "functionapp deployment source config-zip")]
    [InlineData("ElasticPremium", "storage blob upload")]
    public void A_commit_is_gone_back_to(string plan, string then)
    {
        var (asked, said) = Publish(plan, "0123456789ab");
        Assert.Contains("storage blob download --auth-mode login --blob-url https://s/packages/0123456789ab.zip", asked[0], StringComparison.Ordinal);
        Assert.StartsWith(then, asked[1], StringComparison.Ordinal);
        Assert.DoesNotContain(asked, a => a.Contains("upload", StringComparison.Ordinal) && a.Contains("0123456789ab", StringComparison.Ordinal));
        Assert.Contains("published 0123456789ab", said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_scripts_of_another_folder_are_published_in_place_of_ours_under_a_name_of_their_own()
    {
        var jobs = _folder.CreateSubdirectory("my jobs");
        File.WriteAllText(Path.Combine(jobs.FullName, "shops.sql"), "a script");
        Fake("dotnet", "echo \"dotnet $*\" >> \"$LOG\"; mkdir -p \"$6\"; echo > \"$6/app.dll\"");
        var (asked, said) = Publish("FlexConsumption", "", jobs: jobs.FullName);
        Assert.Matches($"^dotnet publish .*/functions/Serverless.App -c Release -o .* -p:JobsFolder={Regex.Escape(jobs.FullName)}$", asked[0]);
        Assert.Matches(@"^storage blob upload .* --blob-url https://s/packages/[0-9a-f]{12}-[0-9a-f]{12}(-\d{14})?\.zip ", asked[1]);
        Assert.Matches("published [0-9a-f]{12}-[0-9a-f]{12}", said);
    }

    [Fact]
    public void The_app_is_built_with_the_scripts_of_the_folder_that_is_named_and_not_without_any()
    {
        var jobs = _folder.CreateSubdirectory("jobs");
        var (evaluated, _) = Build("-getItem:JobScript", jobs);
        Assert.DoesNotContain(".sql", evaluated, StringComparison.Ordinal);
        var (refused, exitCode) = Build("-t:CheckJobs", jobs);
        Assert.Contains($"There is no .sql file in {jobs.FullName}", refused, StringComparison.Ordinal);
        Assert.NotEqual(0, exitCode);
        File.WriteAllText(Path.Combine(jobs.FullName, "shops.sql"), "a script");
        (evaluated, _) = Build("-getItem:JobScript", jobs);
        Assert.Contains("shops.sql", evaluated, StringComparison.Ordinal);
        Assert.DoesNotContain("recharge.sql", evaluated, StringComparison.Ordinal);
    }

    private static (string Output, int ExitCode) Build(string what, DirectoryInfo jobs)
    {
        var project = Path.Combine(Repository.Root, "functions", "Serverless.App", "Serverless.App.csproj");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", project, what, $"-p:JobsFolder={jobs.FullName}", "-nologo"]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }

    private string Package()
    {
        var path = Path.Combine(_folder.FullName, "app.zip");
        File.WriteAllText(path, "a package");
        return path;
    }

    private string Log => Path.Combine(_folder.FullName, "asked");

    // A command that is found before the one of its name.
    private void Fake(string name, string script)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, $"#!/usr/bin/env bash\nLOG='{Log}'\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (List<string> Asked, string Said) Publish(string plan, string package, string refuses = "none", string jobs = "")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "infra/publish is a script for bash");
        Fake("az", $$"""
            case "$*" in
              *outputs.app.value*) echo the-app; exit ;;
              *outputs.plan.value*) echo {{plan}}; exit ;;
              *outputs.packages.value*) echo https://s/packages; exit ;;
              *outputs.*) echo https://the-app; exit ;;
            esac
            echo "$*" >> "$LOG"
            case "$*" in "{{refuses}}"*) exit 1 ;; esac
            """);
        var start = new ProcessStartInfo("bash", [Path.Combine(Infrastructure.Folder, "publish"), "games", package]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["JOBS"] = jobs;
        start.Environment["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (File.Exists(Log) ? [.. File.ReadAllLines(Log)] : [], said);
    }
}
