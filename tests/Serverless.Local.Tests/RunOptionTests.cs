using Serverless.Local.Tests.Security;

namespace Serverless.Local.Tests;

/// <summary><c>run --fail-on-dead-letters</c> and <c>run --watch</c>.</summary>
public sealed class RunOptionTests : IDisposable
{
    private const string Sql = """
        CREATE TABLE orders (shop STRING, price INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'none', 'format' = 'json');
        CREATE TABLE sales (shop STRING, total INT, PRIMARY KEY (shop) NOT ENFORCED) WITH ('connector' = 'print', 'standard-error' = 'true');
        INSERT INTO sales SELECT shop, SUM(price) FROM orders GROUP BY shop;
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{\"shop\":\"a\",\"price\":1}\n{\"shop\":\"a\",\"price\":\"cheap\"}", 0, 4)]
    [InlineData("{\"shop\":\"a\",\"price\":1}", 0, 0)]
    [InlineData("{\"shop\":\"a\",\"price\":\"cheap\"}", 3, 3)]
    public async Task A_dead_letter_is_a_failure_where_that_is_wanted(string lines, int without, int with)
    {
        string[] run = [.. Run(lines), "--until-idle"];
        Assert.Equal(without, (await Cli.RunAsync(run)).ExitCode);
        Assert.Equal(with, (await Cli.RunAsync([.. run, "--fail-on-dead-letters"])).ExitCode);
    }

    [Fact]
    public async Task A_script_that_changes_starts_its_jobs_again_and_one_with_errors_is_told_of_while_they_go_on()
    {
        var run = Run("{\"shop\":\"a\",\"price\":2}");
        await using var running = new BackgroundRun([.. run, "--watch", "--no-dashboard"]);
        await running.LineAsync(l => l == "+U[a, 2]");

        _folder.Write("sales.sql", Sql.Replace("SUM(price)", "SUM(prize)", StringComparison.Ordinal));
        await running.LineAsync(l => l.Contains("unknown column 'prize'; did you mean 'price'?", StringComparison.Ordinal));
        Assert.DoesNotContain("start again", running.Text, StringComparison.Ordinal);

        _folder.Write("sales.sql", Sql.Replace("SUM(price)", "SUM(price) * 10", StringComparison.Ordinal));
        await running.LineAsync(l => l == "A script has changed: its jobs start again");
        await running.LineAsync(l => l == "+U[a, 20]");
        Assert.Equal(0, await running.StopAsync());
    }

    [Fact]
    public async Task The_assembly_of_a_function_that_changes_starts_the_jobs_again()
    {
        const string Doubled = "public static class Own { public static int Eval(int x) => x * 2; }";
        CSharpAssembly.Write(_folder["own.dll"], Doubled);
        var run = Run("{\"shop\":\"a\",\"price\":2}", "CREATE FUNCTION own AS 'Own' USING ASSEMBLY 'own.dll';\n" + Sql.Replace("SUM(price)", "SUM(own(price))", StringComparison.Ordinal));
        await using var running = new BackgroundRun([.. run, "--watch", "--no-dashboard"]);
        await running.LineAsync(l => l == "+U[a, 4]");

        CSharpAssembly.Write(_folder["own.dll"], Doubled.Replace("* 2", "* 3", StringComparison.Ordinal));
        await running.LineAsync(l => l == "A script has changed: its jobs start again");
        await running.LineAsync(l => l == "+U[a, 6]");
        Assert.Equal(0, await running.StopAsync());
    }

    [Fact]
    public async Task Watching_and_ending_when_idle_exclude_each_other() =>
        Assert.Equal(
            new CliResult(2, "", "error: --until-idle ends the run, and --watch goes on with it: keep one of them\n"),
            await Cli.RunAsync([.. Run(""), "--watch", "--until-idle"]));

    private string[] Run(string lines, string sql = Sql) =>
        ["run", _folder.Write("sales.sql", sql), "--embedded", "--feed", $"orders={_folder.Write("orders.jsonl", lines)}", "--state", _folder["state"]];
}
