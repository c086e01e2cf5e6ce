using System.Text;
using System.Text.Json;
using Serverless.Connectors;
using Serverless.Connectors.Databases.Common;

namespace Serverless.Dashboard.Tests;

public sealed class DashboardApiTests : IAsyncDisposable
{
    private readonly FakeReader _days = new();
    private readonly FakeReader _minutes = new();
    private readonly FakeWatch _watch = new();
    private readonly DashboardApi _api;

    public DashboardApiTests()
    {
        _watch.Wrote(("shop.days", 3), ("shop.minutes", 1), ("shop.printed", 9));
        _api = Api(isLive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Jobs_are_listed_with_their_tables_and_plans_and_no_secret()
    {
        var json = await JsonAsync("jobs");

        Assert.Equal(("local", true), (json.GetProperty("host").GetString(), json.GetProperty("live").GetBoolean()));
        Assert.Matches(@"^\d+\.\d+\.\d+", json.GetProperty("version").GetString());
        Assert.Equal(TimeSpan.Zero, json.GetProperty("startedAt").GetDateTimeOffset().Offset);
        var job = json.GetProperty("jobs")[0];
        Assert.Equal(
            """{"name":"shop.days","script":"shop.sql","table":"days","source":{"name":"events","connector":"kafka","topic":"sales","brokers":"127.0.0.1:9999"},"sink":{"name":"days","connector":"jdbc"}""",
            job.GetRawText()[..job.GetRawText().IndexOf(",\"plan\"", StringComparison.Ordinal)]);
        Assert.Contains(job.GetProperty("plan").EnumerateArray(), l => l.GetProperty("label").GetString() == "aggregates" && l.GetProperty("text").GetString() == "SUM(amount), COUNT(*)");
        Assert.DoesNotContain("PASSWORD", json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_are_listed_with_their_columns_and_chart_or_why_they_cannot_be_read()
    {
        var tables = (await JsonAsync("tables")).GetProperty("tables");

        Assert.Equal(
            """
            {"id":"days","name":"days","connector":"jdbc","isReadable":true,"reason":null,"columns":[{"name":"app","type":"STRING","kind":"text","isKey":true},{"name":"day","type":"DATE","kind":"date","isKey":true},{"name":"total","type":"DECIMAL(20, 2)","kind":"number","isKey":false},{"name":"n","type":"BIGINT","kind":"number","isKey":false}],"chart":{"kind":"bar","day":"day","x":"app","series":["total"]}}
            """,
            tables[0].GetRawText());
        Assert.Equal("""{"kind":"line","day":null,"x":"at_minute","series":["total","n"]}""", tables[1].GetProperty("chart").GetRawText());
        Assert.Equal((false, "a 'print' table keeps nothing that can be read here"), (tables[2].GetProperty("isReadable").GetBoolean(), tables[2].GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Different_tables_of_one_name_are_told_apart_by_their_jobs_and_one_table_of_two_jobs_is_one()
    {
        const string other = "CREATE TABLE days (app STRING, n BIGINT, PRIMARY KEY (app) NOT ENFORCED) WITH ('connector' = 'blackhole');";
        const string source = "CREATE TABLE e (app STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b', 'format' = 'json');";
        const string insert = "INSERT INTO days SELECT app, COUNT(*) FROM e GROUP BY app;";
        await using var api = new DashboardApi(
            [.. Scripts.Compile(Scripts.Sales), .. Scripts.Compile(source + other + insert, "one.sql"), .. Scripts.Compile(source + other + insert, "two.sql")],
            _ => null, _watch, new DashboardHost("local", IsLive: true), TimeProvider.System);

        var (jobs, tables) = (await JsonAsync("jobs", api: api), await JsonAsync("tables", api: api));

        Assert.Equal(["days@shop.days", "minutes", "printed", "days@one"], tables.GetProperty("tables").EnumerateArray().Select(t => t.GetProperty("id").GetString()));
        Assert.Equal(
            ["days@shop.days", "minutes", "printed", "days@one", "days@one"], jobs.GetProperty("jobs").EnumerateArray().Select(t => t.GetProperty("table").GetString()));
    }

    [Fact]
    public async Task Rows_are_answered_as_text_with_NULL_as_null()
    {
        var answer = await _api.AnswerAsync("tables/days/rows", "?limit=7&order=-total&filter.app=it%27s+a%26b&filter.day=2021-12-1&code=key", Token);

        Assert.Equal((200, "application/json; charset=utf-8", "no-store"), (answer.Status, answer.ContentType, answer.Headers["Cache-Control"]));
        Assert.Equal("""{"columns":["app","day","total","n"],"rows":[["a","2021-12-01","1.50",null]],"hasMore":false}""" + "\n", Encoding.UTF8.GetString(answer.Body.Span));
        var query = Assert.Single(_days.Asked);
        Assert.Equal([(0, "it's a&b"), (1, "2021-12-01")], query.Filters);
        Assert.Equal((2, true, 7), (query.OrderBy, query.Descending, query.Limit));
    }

    [Fact]
    public async Task Without_parameters_the_first_500_rows_by_key_are_asked_for()
    {
        await JsonAsync("tables/minutes/rows");

        var query = Assert.Single(_minutes.Asked);
        Assert.Equal((null, false, 500, 0), (query.OrderBy, query.Descending, query.Limit, query.Filters.Count));
    }

    [Fact]
    public async Task Values_say_whether_there_are_more()
    {
        _days.Values = ["2021-12-03", "2021-12-02", "2021-12-01"];

        Assert.Equal("""{"values":["2021-12-03","2021-12-02"],"hasMore":true}""", (await JsonAsync("tables/days/values/day", "limit=2")).GetRawText());
        Assert.Equal("""{"values":["2021-12-03","2021-12-02","2021-12-01"],"hasMore":false}""", (await JsonAsync("tables/days/values/day", "limit=3")).GetRawText());
    }

    [Theory]
    [InlineData("tables/sqlite_master/rows", "", 404, "no job writes a table 'sqlite_master'; there are days, minutes, printed")]
    [InlineData("tables/events/rows", "", 404, "no job writes a table 'events'; there are days, minutes, printed")]
    [InlineData("tables/DAYS/rows", "", 404, "no job writes a table 'DAYS'; there are days, minutes, printed")]
    [InlineData("tables/days%22%3B%20DROP%20TABLE%20days/rows", "", 404, "no job writes a table 'days\"; DROP TABLE days'; there are days, minutes, printed")]
    [InlineData("tables/..%2Fdays/rows", "", 404, "no job writes a table '../days'; there are days, minutes, printed")]
    [InlineData("tables/printed/rows", "", 404, "table 'printed' cannot be read: a 'print' table keeps nothing that can be read here")]
    [InlineData("tables/days/values/app%22", "", 404, "table 'days' has no column 'app\"'; it has app, day, total, n")]
    [InlineData("tables/days/rows", "order=amount", 404, "table 'days' has no column 'amount'; it has app, day, total, n")]
    [InlineData("tables/days/rows", "order=--app", 404, "table 'days' has no column '-app'; it has app, day, total, n")]
    [InlineData("tables/days/rows", "filter.x'=1", 404, "table 'days' has no column 'x''; it has app, day, total, n")]
    [InlineData("tables/days/rows", "filter.day=today", 400, "'today' is no value of column 'day', which is DATE; correct it")]
    [InlineData("tables/days/rows", "filter.n=1;2", 400, "'1;2' is no value of column 'n', which is BIGINT; correct it")]
    [InlineData("tables/days/rows", "limit=0", 400, "limit must be a whole number from 1 to 2000")]
    [InlineData("tables/days/rows", "limit=2001", 400, "limit must be a whole number from 1 to 2000")]
    [InlineData("tables/days/rows", "limit=-1", 400, "limit must be a whole number from 1 to 2000")]
    [InlineData("tables/days/rows", "limit=1e3", 400, "limit must be a whole number from 1 to 2000")]
    [InlineData("tables/days/rows", "limit=99999999999999999999", 400, "limit must be a whole number from 1 to 2000")]
    [InlineData("tables/days/values/day", "limit=1001", 400, "limit must be a whole number from 1 to 1000")]
    [InlineData("tables/days/rows", "limit=1&limit=2", 400, "the parameter 'limit' is given twice; keep one")]
    [InlineData("tables/days/rows", "offset=1", 400, "there is no parameter 'offset' here; there are: limit, order and filter.COLUMN")]
    [InlineData("tables/days/rows", "x", 400, "a parameter has no name; write it as name=value")]
    [InlineData("tables/days", "", 404, "there is nothing here; there are: jobs, tables, tables/ID/rows, tables/ID/values/COLUMN, status and events")]
    [InlineData("", "", 404, "there is nothing here; there are: jobs, tables, tables/ID/rows, tables/ID/values/COLUMN, status and events")]
    public async Task What_cannot_be_answered_is_refused_with_what_there_is_and_no_database_is_asked(string path, string query, int status, string message)
    {
        var answer = await _api.AnswerAsync(path, query, Token);

        Assert.Equal((status, message), (answer.Status, ErrorOf(answer)));
        Assert.Empty(_days.Asked);
    }

    [Fact]
    public async Task Events_are_named_only_where_they_are_served()
    {
        await using var api = new DashboardApi(Scripts.Compile(Scripts.Sales), _ => null, _watch, new DashboardHost("functions", IsLive: false), TimeProvider.System);

        var answer = await api.AnswerAsync("events", "", Token);

        Assert.Equal((404, "there is nothing here; there are: jobs, tables, tables/ID/rows, tables/ID/values/COLUMN and status"), (answer.Status, ErrorOf(answer)));
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_now_is_503_with_the_reason()
    {
        _days.Rows = () => Task.FromException<TableRows>(new SinkUnavailableException("table 'days' at h:1/d: refused"));
        _minutes.Rows = () => Task.FromException<TableRows>(new ConnectorException("table 'minutes' at h:1/d: no such table"));

        var (away, gone) = (await _api.AnswerAsync("tables/days/rows", "", Token), await _api.AnswerAsync("tables/minutes/rows", "", Token));

        Assert.Equal((503, "table 'days' at h:1/d: refused"), (away.Status, ErrorOf(away)));
        Assert.Equal((503, "table 'minutes' at h:1/d: no such table"), (gone.Status, ErrorOf(gone)));
    }

    [Fact]
    public async Task The_status_has_the_jobs_and_a_number_per_table_that_changes_with_it()
    {
        var before = await JsonAsync("status");
        _watch.Wrote(("shop.days", 4), ("shop.minutes", 1), ("shop.printed", 9));
        var after = await JsonAsync("status");

        Assert.Equal("""{"days":3,"minutes":1,"printed":9}""", before.GetProperty("tables").GetRawText());
        Assert.Equal("""{"days":4,"minutes":1,"printed":9}""", after.GetProperty("tables").GetRawText());
        Assert.Equal(
            """
            {"job":"shop.days","records":null,"lastRead":null,"recordsPerSecond":null,"lag":null,"partitions":[],"skipped":null,"duplicates":null,"groups":null,"rowsWritten":4,"rowsWaiting":null,"deadLetters":null,"deadLetterPlace":null,"lastDeadLetters":[],"source":{"isUp":null,"message":null,"since":null},"sink":{"isUp":true,"message":null,"since":null}}
            """,
            after.GetProperty("jobs")[0].GetRawText());
        Assert.True(after.GetProperty("now").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Where_not_all_rows_are_counted_nobody_knows_whether_a_table_has_changed()
    {
        await using var api = Api(isLive: false);

        Assert.Equal("""{"days":null,"minutes":null,"printed":null}""", (await JsonAsync("status", api: api)).GetProperty("tables").GetRawText());
    }

    [Fact]
    public async Task Who_ask_the_same_at_once_share_one_answer_unless_the_table_has_changed()
    {
        var rows = new TaskCompletionSource<TableRows>();
        _days.Rows = () => rows.Task;

        var together = Enumerable.Range(0, 5).Select(_ => _api.AnswerAsync("tables/days/rows", "limit=5", Token)).ToList();
        var other = _api.AnswerAsync("tables/days/rows", "limit=6", Token);
        _watch.Wrote(("shop.days", 4));
        var later = _api.AnswerAsync("tables/days/rows", "limit=5", Token);
        rows.SetResult(new TableRows([], HasMore: true));
        await Task.WhenAll([.. together, other, later]);

        Assert.Equal([5, 5, 6], _days.Asked.Select(q => q.Limit).Order());
        Assert.All(together, t => Assert.Equal(200, t.Result.Status));
    }

    [Fact]
    public async Task One_who_goes_away_does_not_take_the_answer_from_the_others()
    {
        var rows = new TaskCompletionSource<TableRows>();
        _days.Rows = () => rows.Task;
        using var gone = new CancellationTokenSource();

        var first = _api.AnswerAsync("tables/days/rows", "", gone.Token);
        var second = _api.AnswerAsync("tables/days/rows", "", Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        rows.SetResult(new TableRows([], HasMore: false));

        Assert.Equal(200, (await second).Status);
        Assert.Single(_days.Asked);
    }

    [Fact]
    public async Task Events_come_at_once_then_when_something_has_changed()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var events = _api.EventsAsync(stop.Token).GetAsyncEnumerator(stop.Token);

        Assert.True(await events.MoveNextAsync());
        var first = Encoding.UTF8.GetString(events.Current.Span);
        var waiting = events.MoveNextAsync();
        _watch.Wrote(("shop.days", 12));
        Assert.True(await waiting);
        var second = Encoding.UTF8.GetString(events.Current.Span);

        Assert.StartsWith("event: status\ndata: {\"now\":\"", first, StringComparison.Ordinal);
        Assert.EndsWith("\"tables\":{\"days\":3,\"minutes\":1,\"printed\":9}}\n\n", first, StringComparison.Ordinal);
        Assert.EndsWith("\"tables\":{\"days\":12,\"minutes\":0,\"printed\":0}}\n\n", second, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await events.MoveNextAsync());
    }

    [Fact]
    public async Task Its_readers_end_with_it()
    {
        await _api.DisposeAsync();

        Assert.True(_days.IsDisposed && _minutes.IsDisposed);
    }

    private DashboardApi Api(bool isLive) => new(
        Scripts.Compile(Scripts.Sales), t => t.Name switch { "days" => _days, "minutes" => _minutes, _ => null }, _watch, new DashboardHost("local", isLive, "127.0.0.1:9999"), TimeProvider.System);

    private async Task<JsonElement> JsonAsync(string path, string query = "", DashboardApi? api = null)
    {
        var answer = await (api ?? _api).AnswerAsync(path, query, Token);
        Assert.Equal(200, answer.Status);
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.Clone();
    }

    private static string? ErrorOf(DashboardAnswer answer)
    {
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.GetProperty("error").GetString();
    }
}
