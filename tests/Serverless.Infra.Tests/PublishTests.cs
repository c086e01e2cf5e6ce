using System.Diagnostics;

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

    private string Package()
    {
        var path = Path.Combine(_folder.FullName, "app.zip");
        File.WriteAllText(path, "a package");
        return path;
    }

    private (List<string> Asked, string Said) Publish(string plan, string package, string refuses = "none")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "infra/publish is a script for bash");
        var log = Path.Combine(_folder.FullName, "asked");
        var az = Path.Combine(_folder.FullName, "az");
        File.WriteAllText(az, $$"""
            #!/usr/bin/env bash
            case "$*" in
              *outputs.app.value*) echo the-app; exit ;;
              *outputs.plan.value*) echo {{plan}}; exit ;;
              *outputs.packages.value*) echo https://s/packages; exit ;;
              *outputs.*) echo https://the-app; exit ;;
            esac
            echo "$*" >> '{{log}}'
            case "$*" in "{{refuses}}"*) exit 1 ;; esac
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("bash", [Path.Combine(Infrastructure.Folder, "publish"), "games", package]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (File.Exists(log) ? [.. File.ReadAllLines(log)] : [], said);
    }
}
