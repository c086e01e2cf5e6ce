using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serverless.Local.Display;

namespace Serverless.Local.Tests;

public sealed class JsonTests : IDisposable
{
    private const string Sql = """
        CREATE TABLE orders (shop STRING, ordered TIMESTAMP(3), price DECIMAL(38, 2), quantity BIGINT, isNew BOOLEAN)
        WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = '${BROKERS}', 'format' = 'json');
        CREATE TABLE sales (shop STRING, sold DATE, revenue DECIMAL(38, 2), quantity BIGINT, isNew BOOLEAN, PRIMARY KEY (shop, sold) NOT ENFORCED)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://db/shop', 'table-name' = 'sales', 'username' = 'u', 'password' = '${PASSWORD}');
        INSERT INTO sales SELECT shop, CAST(ordered AS DATE), SUM(price), SUM(quantity), LAST_VALUE(isNew) FROM orders GROUP BY shop, CAST(ordered AS DATE);
        """;

    private static readonly string[] Orders =
    [
        """{"shop":"a \"b\" 店","ordered":"2026-05-01 09:12:00","price":21.00,"quantity":9007199254740992,"isNew":true}""",
        """{"shop":"c","ordered":"2026-05-01 09:12:00","price":123456789012345.67,"quantity":9007199254740993,"isNew":null}""",
        """{"shop":"c","ordered":"2026-05-01 09:12:00","price":"cheap"}""",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<CliResult> RunAsync(params string[] options) => Cli.RunAsync(
    [
        "run", _folder.Write("sales.sql", Sql), "--embedded", "--until-idle", "--state", _folder["state"],
        "--feed", $"orders={_folder.Write("orders.jsonl", string.Join('\n', Orders))}", .. options,
    ]);

    [Fact]
    public async Task Rows_are_lines_with_numbers_where_every_reader_has_them_exactly()
    {
        var result = await RunAsync("--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            [
                """{"table":"sales","row":{"shop":"a \"b\" 店","sold":"2026-05-01","revenue":21.00,"quantity":9007199254740992,"isNew":true}}""",
                """{"table":"sales","row":{"shop":"c","sold":"2026-05-01","revenue":"123456789012345.67","quantity":"9007199254740993","isNew":null}}""",
                "",
            ],
            result.Lines);
    }

    [Fact]
    public async Task What_is_said_of_a_run_is_an_event_a_line()
    {
        var events = EventsOf(await RunAsync("--json"));
        Assert.Equal(["broker", "summary", "results"], events.Select(e => e.GetProperty("event").GetString()).Where(e => e is not "progress" and not "warning"));
        Assert.All(events, e => Assert.Equal(["time", "event"], e.EnumerateObject().Take(2).Select(p => p.Name)));
        var summary = events.Single(e => e.GetProperty("event").GetString() == "summary");
        Assert.Equal(("sales", 3, 2, 2, 1), (summary.GetProperty("job").GetString(), Number(summary, "records"), Number(summary, "groups"), Number(summary, "rowsWritten"), Number(summary, "deadLetters")));
        var letter = Assert.Single(summary.GetProperty("lastDeadLetters").EnumerateArray());
        Assert.Equal(("orders", "field 'price' cannot be DECIMAL(38, 2): 'cheap'"), (letter.GetProperty("topic").GetString(), letter.GetProperty("reason").GetString()));
        Assert.Equal(Path.Combine(_folder["state"], "results.db"), events.Single(e => e.GetProperty("event").GetString() == "results").GetProperty("file").GetString());
    }

    [Fact]
    public async Task Quietly_a_run_says_its_rows_and_what_went_wrong()
    {
        var result = await RunAsync("--quiet");
        Assert.StartsWith("sales\nshop | sold | revenue | quantity | isNew\n", result.Output, StringComparison.Ordinal);
        Assert.Contains($"warning: sales: 1 dead letter in {Path.Combine(_folder["state"], "results.db")}, table dead_letters", result.Error.Split('\n'));
        Assert.All(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("warning: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quietly_and_in_json_only_warnings_are_events()
    {
        var events = EventsOf(await RunAsync("--quiet", "--json"));
        Assert.NotEmpty(events);
        Assert.All(events, e => Assert.Equal("warning", e.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task A_run_with_dead_letters_ends_with_the_reasons_and_where_they_are_from()
    {
        var result = await RunAsync();
        var at = Array.IndexOf(result.Lines, "sales: 3 records, 2 groups, 2 rows written, 1 dead letter");
        Assert.Matches(@"^  orders, partition \d, offset \d: field 'price' cannot be DECIMAL\(38, 2\): 'cheap'$", result.Lines[at + 1]);
        Assert.StartsWith("Dead letters are in ", result.Lines[at + 2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_says_its_diagnostics_and_last_how_many()
    {
        var script = _folder.Write("bad.sql", Sql.Replace("SUM(price)", "SUM(prize)", StringComparison.Ordinal));
        var result = await Cli.RunAsync("check", script, "--json");
        Assert.Equal((2, ""), (result.ExitCode, result.Error));
        var lines = result.Lines.SkipLast(1).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var error = lines.Single(l => l.TryGetProperty("severity", out var severity) && severity.GetString() == "error");
        Assert.Equal((script, 5, 59), (error.GetProperty("file").GetString(), Number(error, "line"), Number(error, "column")));
        Assert.Equal("unknown column 'prize'; did you mean 'price'?", error.GetProperty("message").GetString());
        Assert.Equal((1, 1), (Number(lines[^1], "scripts"), Number(lines[^1], "errors")));
    }

    [Fact]
    public async Task Quietly_check_says_nothing_of_a_script_that_is_fine() =>
        Assert.Equal(new CliResult(0, "", ""), await Cli.RunAsync("check", "--quiet", _folder.Write("good.sql", Sql)));

    [Fact]
    public async Task Explain_says_a_plan_a_job()
    {
        var result = await Cli.RunAsync("--json", "explain", _folder.Write("sales.sql", Sql));
        var plan = JsonDocument.Parse(Assert.Single(result.Lines.SkipLast(1))).RootElement;
        Assert.Equal("sales", plan.GetProperty("job").GetString());
        Assert.Contains(plan.GetProperty("plan").EnumerateArray(), l => l.GetProperty("label").GetString() == "group key" && l.GetProperty("text").GetString() == "shop, CAST(ordered AS DATE)");
        Assert.Equal(["shop", "sold", "revenue", "quantity", "isNew"], plan.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("label").GetString()));
    }

    [Fact]
    public async Task Ddl_says_a_table_a_line()
    {
        var result = await Cli.RunAsync("ddl", _folder.Write("sales.sql", Sql), "--json");
        var table = JsonDocument.Parse(Assert.Single(result.Lines.SkipLast(1))).RootElement;
        Assert.Equal("sales", table.GetProperty("table").GetString());
        Assert.StartsWith("CREATE TABLE ", table.GetProperty("sql").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_are_printed_are_lines_of_json_too()
    {
        var sql = Sql.Replace("'connector' = 'jdbc', 'url' = 'jdbc:mysql://db/shop', 'table-name' = 'sales', 'username' = 'u', 'password' = '${PASSWORD}'", "'connector' = 'print'", StringComparison.Ordinal);
        var result = await Cli.RunAsync(
            "run", _folder.Write("printed.sql", sql), "--embedded", "--until-idle", "--json", "--state", _folder["state"], "--feed", $"orders={_folder.Write("one.jsonl", Orders[0])}");
        Assert.Equal("""{"printed":"+U[a \"b\" 店, 2026-05-01, 21.00, 9007199254740992, true]"}""", Assert.Single(result.Lines.SkipLast(1)));
    }

    [Fact]
    public async Task An_error_is_an_event()
    {
        var error = Assert.Single(EventsOf(await Cli.RunAsync("run", "nowhere.sql", "--json")));
        Assert.Equal("error", error.GetProperty("event").GetString());
        Assert.StartsWith("there is no script 'nowhere.sql'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_calls_values_and_its_scopes_stand_beside_the_message()
    {
        var error = new StringWriter();
        var terminal = new Terminal(() => Stream.Null, TextWriter.Null, error);
        terminal.Speak(quiet: false, json: true, Language.English);
        using var loggers = new TerminalLoggers(terminal);
        var logger = loggers.CreateLogger("any");
        using (logger.BeginScope(new Dictionary<string, object?> { ["Job"] = "sales", ["Topic"] = "orders" }))
            logger.LogError(new InvalidOperationException("kept out"), "{Message} at {Partition}, {Offset}: {IsLost} after {Seconds:0.0} s, {Event}", "gap", 2, 5L, true, 1.25, "taken");
        logger.LogInformation("not this");
        var line = JsonDocument.Parse(Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(
            """{"event":"error","message":"gap at 2, 5: True after 1.3 s, taken","job":"sales","topic":"orders","partition":2,"offset":5,"isLost":true,"seconds":1.25}""",
            "{" + string.Join(',', line.EnumerateObject().Skip(1).Select(p => p.ToString())) + "}");
    }

    private static List<JsonElement> EventsOf(CliResult result) =>
        [.. result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
