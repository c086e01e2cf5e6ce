namespace Serverless.Local.Tests;

public sealed class ExplainTests
{
    [Fact]
    public async Task The_plans_of_both_jobs_are_those_of_the_golden_file()
    {
        var result = await Cli.RunAsync("explain", Cli.Job("recharge.sql"), Cli.Job("pvuv.sql"));
        Assert.Equal(0, result.ExitCode);
        var golden = Path.Combine(Cli.Root, "tests", "Serverless.Local.Tests", "Golden", "explain.txt");
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), result.Output.Replace(Cli.Root + "/", "", StringComparison.Ordinal));
    }
}
