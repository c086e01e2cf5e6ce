namespace Serverless.Local.Tests;

public sealed class ExplainTests
{
    [Fact]
    public async Task The_plans_of_both_jobs_are_those_of_the_golden_file()
    {
        var result = await Cli.RunAsync("explain", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"));
        Assert.Equal(0, result.ExitCode);
        var golden = Path.Combine(Repository.Root, "tests", "Serverless.Local.Tests", "Golden", "explain.txt");
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), result.Output.Replace(Repository.Root + "/", "", StringComparison.Ordinal));
    }
}
