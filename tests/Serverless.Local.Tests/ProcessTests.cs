namespace Serverless.Local.Tests;

public sealed class ProcessTests : IDisposable
{
    private static readonly string[] Settings = ["KAFKA_BROKERS", "KAFKA_SECURITY_PROTOCOL", "KAFKA_USERNAME", "KAFKA_PASSWORD"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_broker_of_its_own_serves_a_producer_and_a_run_that_is_killed_and_started_again()
    {
        using var broker = new CliProcess(["broker", "game_consume_log:3"]);
        var address = (await broker.WaitForLineAsync(l => l.StartsWith("bootstrap.servers=", StringComparison.Ordinal)))["bootstrap.servers=".Length..];
        var environment = Settings.Select(n => KeyValuePair.Create(n, Cli.Brokers(address)(n))).ToList();
        var lines = await File.ReadAllLinesAsync(Repository.DemoFile("game_consume_log.jsonl"), TestContext.Current.CancellationToken);
        string[] run = ["run", Repository.Job("recharge.sql"), "--embedded-sinks", "--state", _folder["state"]];

        await ProduceAsync(address, lines[..2]);
        using (var first = new CliProcess(run, environment))
        {
            await WaitForAsync("33.8 | 30.8");
            await ProduceAsync(address, lines[2..]);
            first.Kill();
            await first.WaitAsync();
        }
        using var second = new CliProcess([.. run, "--until-idle"], environment);

        Assert.Equal(0, await second.WaitAsync());
        Assert.Equal(Results.ArticleConsume, Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(0, await broker.StopAsync());
    }

    private async Task ProduceAsync(string address, string[] lines)
    {
        var file = _folder.Write("lines.jsonl", string.Join('\n', lines));
        using var produce = new CliProcess(["produce", "game_consume_log", file, "--brokers", address, "--key", "appkey"]);
        Assert.Equal(0, await produce.WaitAsync());
    }

    private async Task WaitForAsync(string amounts)
    {
        var file = Path.Combine(_folder["state"], "results.db");
        while (!File.Exists(file) || Results.Query(_folder["state"], "SELECT 1 FROM sqlite_master WHERE name = 'consume'").Length == 0
            || string.Join(" | ", Results.Query(_folder["state"], "SELECT amount FROM consume ORDER BY appkey")) != amounts)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
