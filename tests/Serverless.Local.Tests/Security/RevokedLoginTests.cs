using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Kafka;
using Serverless.TestServers.Kafka;

namespace Serverless.Local.Tests.Security;

/// <summary>A login that is revoked while jobs run.</summary>
public sealed class RevokedLoginTests(SecureKafka kafka) : IClassFixture<SecureKafka>, IDisposable
{
    // In a second. Two jobs have two clients each, which try about once a second.
    private const int MostAttempts = 6;

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(3);

    // While a commit waits for its answer the client tries as often as it likes.
    private static readonly TimeSpan Commit = TimeSpan.FromSeconds(3);

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Is_shown_and_tried_now_and_then_until_it_is_allowed_again()
    {
        var users = new BrokerUsers((SecureKafka.User, SecureKafka.Password));
        var brokers = kafka.Start(users);
        string[] scripts = [.. new[] { ("recharge.sql", ArticleScript.Recharge), ("pvuv.sql", ArticleScript.PvUv) }.Select(s => s.Item2.At(brokers, kafka.Truststore, SecureKafka.User, SecureKafka.Password).WriteTo(_folder, s.Item1))];
        await using var run = new BackgroundRun(["run", .. scripts, "--embedded-sinks", "--listen", "127.0.0.1:0", "--state", _folder["state"]]);
        var dashboard = (await run.LineAsync(l => l.StartsWith("The dashboard", StringComparison.Ordinal))).Split(" at ")[1].Split(' ')[0];
        await UntilAsync(async () => (await JobsAsync(dashboard)).All(j => j.GetProperty("lag").ValueKind == JsonValueKind.Number && j.GetProperty("lag").GetInt64() == 0));
        await Task.Delay(Commit, Token);

        run.Forget();
        users.Revoke(SecureKafka.User);
        var line = await run.FirstWarningAsync();
        await UntilAsync(async () => (await JobsAsync(dashboard)).All(j => IsRefused(j.GetProperty("source"))));
        var before = users.Refusals;
        await Task.Delay(Watched, Token);
        var attempts = users.Refusals - before;
        TestContext.Current.SendDiagnosticMessage($"{attempts / Watched.TotalSeconds:0.0} logins a second");

        Assert.Contains("the brokers do not let this user in: SASL authentication error: Authentication failed: Invalid username or password; check", line, StringComparison.Ordinal);
        Assert.EndsWith("; still trying", line, StringComparison.Ordinal);
        Assert.DoesNotContain("no broker answers", run.Text, StringComparison.Ordinal);
        Assert.InRange(attempts, 1, MostAttempts * Watched.TotalSeconds);

        users.Allow(SecureKafka.User);
        using (var producer = new KafkaProducer(KafkaSettings.Plain(kafka.Plaintext), NullLogger.Instance))
            await producer.SendAsync(
                "game_consume_log", new[] { Encoding.UTF8.GetBytes("""{"appkey":"late","servertime":"2020-10-01 00:00:00","consumenum":1,"roleid":"r","serverid":"9"}""") }.ToAsyncEnumerable(), cancellationToken: Token);
        await UntilAsync(async () => (await JobsAsync(dashboard)).Sum(j => j.GetProperty("records").GetInt64()) == 9);
        Assert.Equal(0, await run.StopAsync());
    }

    private static bool IsRefused(JsonElement source) =>
        source.GetProperty("isUp").ValueKind == JsonValueKind.False && source.GetProperty("message").GetString()!.Contains("do not let this user in", StringComparison.Ordinal);

    private async Task<List<JsonElement>> JobsAsync(string dashboard)
    {
        using var status = JsonDocument.Parse(await _client.GetStringAsync($"{dashboard.TrimEnd('/')}/api/status", Token));
        return [.. status.RootElement.GetProperty("jobs").Clone().EnumerateArray()];
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var clock = Stopwatch.StartNew(); !await isSo(); await Task.Delay(50, Token))
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 30);
    }
}
