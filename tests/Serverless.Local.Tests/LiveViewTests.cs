using System.Diagnostics;
using Serverless.Connectors.Kafka;
using Serverless.Local.Display;
using Serverless.Local.Running;
using Serverless.Local.Tests.Fakes;

namespace Serverless.Local.Tests;

public sealed class LiveViewTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(80)]
    [InlineData(79)]
    [InlineData(40)]
    [InlineData(20)]
    public void The_table_of_jobs_fits_whatever_the_width(int width)
    {
        var screen = new Screen(width, 40);
        var region = new LiveRegion(screen.Console);
        var progress = new JobProgress("recharge") { DeadLetters = 3, RowsWritten = 1_234, Sink = new SinkHealth(false, "away") };
        region.Draw(ProgressTable.Of([progress], region.Width, Language.English));

        Assert.All(screen.Text.Split('\n'), line => Assert.True(line.Length < width, line));
        foreach (var word in new[] { "recharge", "1,234", "down", "lag" })
            Assert.Contains(word, screen.Text, StringComparison.Ordinal);
        Assert.Contains("\e[91m3", screen.Written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_cannot_be_read_is_down_where_its_lag_would_be()
    {
        var screen = new Screen(80, 40);
        var region = new LiveRegion(screen.Console);
        var source = new MemorySource(new MemoryTopic(1), new Random(1)) { Health = new(false, "the brokers do not let this user in") };

        region.Draw(ProgressTable.Of([new JobProgress("recharge", [source]) { Sink = new SinkHealth(true) }], region.Width, Language.English));

        Assert.Contains("\e[91mdown", screen.Written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_terminal_the_ends_of_the_demos_tables_are_drawn_in_one_place_as_the_day_goes_on_and_stay_at_the_end()
    {
        var screen = new Screen(100, 50);
        using var stop = new CancellationTokenSource();
        var terminal = new Terminal(() => Stream.Null, screen, screen, screen.Console, screen.Console);
        var running = CommandLine.RunAsync(["--no-dashboard"], terminal, stop.Token);
        await UntilAsync(screen, text => text.Contains("appkey8", StringComparison.Ordinal) && text.Contains("before", StringComparison.Ordinal));

        var broker = screen.Text.Split("--brokers ")[1].Split('\n')[0].Trim();
        var more = _folder.Write("more.jsonl", """{"appkey":"appkey9","servertime":"2021-12-01 10:00:00","consumenum":5.5,"roleid":"r","serverid":"9"}""");
        Assert.Equal(0, (await Cli.RunAsync("produce", "game_consume_log", more, "--brokers", broker)).ExitCode);
        await UntilAsync(screen, text => text.Contains("5.5 ", StringComparison.Ordinal) && text.Contains(" 18:0", StringComparison.Ordinal));
        Assert.Equal(1, Count(screen.Text, "appkey1"));

        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Equal((1, 1), (Count(screen.Text, "appkey1"), Count(screen.Text, "appkey9")));
        Assert.DoesNotContain("dead", screen.Text, StringComparison.Ordinal);
        Assert.Contains(" before", screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_a_job_prints_stand_above_the_table_and_nothing_of_it_is_left()
    {
        var script = _folder.Write("count.sql", """
            CREATE TABLE s (k STRING) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = '${BROKERS}', 'format' = 'json');
            CREATE TABLE p (k STRING, c BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO p SELECT k, COUNT(*) FROM s GROUP BY k;
            """);
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("s", 1);
        var screen = new Screen(100, 50);
        using var stop = new CancellationTokenSource();
        var terminal = new Terminal(() => Stream.Null, screen, screen, screen.Console, screen.Console);
        var running = CommandLine.RunAsync(["run", script, "--no-dashboard", "--state", _folder["state"]], terminal, stop.Token, name => name == "BROKERS" ? broker.BootstrapServers : null);
        await UntilAsync(screen, text => text.Contains("job", StringComparison.Ordinal));
        Assert.Equal(0, (await Cli.RunAsync("produce", "s", _folder.Write("s.jsonl", "{\"k\":\"a\"}\n"), "--brokers", broker.BootstrapServers)).ExitCode);
        await UntilAsync(screen, text => text.StartsWith("+U[a, 1]\n", StringComparison.Ordinal) && text.Contains("count        1", StringComparison.Ordinal));

        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Equal("+U[a, 1]\ncount: 1 record, 1 group, 1 row written, 0 dead letters", screen.Text);
    }

    [Fact]
    public async Task Control_characters_of_a_record_are_shown_and_not_obeyed()
    {
        var screen = new Screen(200, 50);
        var terminal = new Terminal(() => Stream.Null, screen, screen, screen.Console, screen.Console);
        var events = _folder.Write("events.jsonl", "{\"shop\":\"\\u001b[31mred\",\"price\":1}\n{\"shop\":\"a\",\"price\":\"\\u001b]0;title\\u0007\"}\n");
        var script = _folder.Write("sums.sql", """
            CREATE TABLE s (shop STRING, price INT) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'none', 'format' = 'json');
            CREATE TABLE sums (shop STRING, price INT, PRIMARY KEY (shop) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://none/none', 'table-name' = 'sums', 'username' = 'u', 'password' = 'p');
            INSERT INTO sums SELECT shop, SUM(price) FROM s GROUP BY shop;
            """);
        var exitCode = await CommandLine.RunAsync(
            ["run", script, "--embedded", "--feed", $"s={events}", "--until-idle", "--state", _folder["state"]], terminal, TestContext.Current.CancellationToken, _ => null);

        Assert.True(exitCode == 0, screen.Text);
        Assert.Contains(@"\u001b[31mred", screen.Text, StringComparison.Ordinal);
        Assert.Contains(@"'\u001b]0;title\u0007'", screen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[31mred", screen.Written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\e]0;", screen.Written.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("json")]
    public async Task Control_and_bidirectional_characters_of_a_record_are_shown_in_a_pipe_too(string format)
    {
        var events = _folder.Write("events.jsonl", "{\"shop\":\"\\u001b[31mred\\u202egnp.exe\\u2066\",\"price\":1}\n{\"shop\":\"a\",\"price\":\"\\u001b]0;title\\u0007\"}\n");
        var script = _folder.Write("sums.sql", """
            CREATE TABLE s (shop STRING, price INT) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'none', 'format' = 'json');
            CREATE TABLE sums (shop STRING, price INT, PRIMARY KEY (shop) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO sums SELECT shop, SUM(price) FROM s GROUP BY shop;
            """);

        var result = await Cli.RunAsync(["run", script, "--embedded", "--feed", $"s={events}", "--until-idle", "--state", _folder["state"], .. format == "json" ? (string[])["--json"] : []]);

        Assert.Equal(0, result.ExitCode);
        var said = result.Output + result.Error;
        Assert.Contains(@"\u001b[31mred\u202egnp.exe\u2066", said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(said, c => c is '\e' or '\a' or '\u202e' or '\u2066');
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    private static async Task UntilAsync(Screen screen, Func<string, bool> isSo)
    {
        for (var watch = Stopwatch.StartNew(); !isSo(screen.Text);)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"what was waited for is not there:\n{screen.Text}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
