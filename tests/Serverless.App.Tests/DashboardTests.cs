using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Moq;
using Serverless.App.Http;
using Serverless.Connectors.Databases.Common;
using Serverless.Dashboard;
using static Serverless.App.Tests.ResponseDouble;

namespace Serverless.App.Tests;

public sealed class DashboardTests : IAsyncLifetime
{
    private const string Site = "https://app.example/api/dashboard";

    private static readonly FunctionContext Context = Mock.Of<FunctionContext>();

    private readonly TestApp _app = new(TestApp.Sum.Replace("TABLE o", "TABLE `a/b c%`", StringComparison.Ordinal).Replace("INTO o", "INTO `a/b c%`", StringComparison.Ordinal));
    private readonly Mock<ITableReader> _reader = new();
    private readonly JobWatch _watch;
    private readonly DashboardApi _api;
    private readonly DashboardFunctions _functions;

    public DashboardTests()
    {
        _watch = new JobWatch(_app.Catalog, new SinkProbe(_app.Clock), _app.Clock);
        _api = new DashboardApi([_app.Job.Job.Job], _ => _reader.Object, _watch, new DashboardHost("functions", IsLive: false), _app.Clock);
        _functions = new DashboardFunctions(new DashboardPage(), _api);
        _reader.Setup(r => r.ReadAsync(It.IsAny<TableQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync((TableQuery q, CancellationToken _) => new TableRows([[$"{q.Limit}", "1", null]], HasMore: true));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _watch.DisposeAsync();
    }

    [Fact]
    public async Task The_page_is_below_a_slash_so_that_its_files_are_beside_it_and_a_key_goes_along()
    {
        var response = await _functions.PageAsync(new RequestDouble($"{Site}?code=a%2Bb"), Context);
        Assert.Equal((HttpStatusCode.Found, "dashboard/?code=a%2Bb", "no-store"), (response.StatusCode, Header(response, "Location"), Header(response, "Cache-Control")));
        Assert.Equal("https://app.example/api/dashboard/?code=a%2Bb", new Uri(new Uri(Site), Header(response, "Location")).ToString());
        response = await _functions.PageAsync(new RequestDouble($"{Site}/?code=a"), Context);
        Assert.NotEqual(HttpStatusCode.Found, response.StatusCode);
    }

    [Fact]
    public async Task Every_answer_has_the_headers_that_keep_a_page_to_itself()
    {
        foreach (var response in new[]
        {
            await _functions.PageAsync(new RequestDouble(Site), Context), await _functions.PageAsync(new RequestDouble(Site + "/"), Context),
            await _functions.AssetAsync(new RequestDouble(Site + "/assets/none.js"), Context), await _functions.DataAsync(new RequestDouble(Site + "/api/status"), Context),
            await _functions.DataAsync(new RequestDouble(Site + "/api/nothing"), Context),
        })
            Assert.All(DashboardHeaders.Security, h => Assert.Equal(h.Value, Header(response, h.Key)));
    }

    [Fact]
    public async Task Files_that_the_page_does_not_have_are_not_there()
    {
        foreach (var file in new[] { "none.js", "..%2Findex.html", "%2E%2E%2FServerless.App.dll" })
            Assert.Equal(HttpStatusCode.NotFound, (await _functions.AssetAsync(new RequestDouble($"{Site}/assets/{file}"), Context)).StatusCode);
    }

    [Fact]
    public async Task Rows_are_of_the_table_as_it_was_named_and_the_hosts_key_is_no_parameter()
    {
        var rows = await DataAsync("tables/a%2Fb%20c%25/rows?code=k&limit=7");
        Assert.Equal((HttpStatusCode.OK, """{"columns":["k","n","s"],"rows":[["7","1",null]],"hasMore":true}""" + "\n"), (rows.StatusCode, Text(rows)));
        Assert.Equal("no-store", Header(rows, "Cache-Control"));
        Assert.Equal(HttpStatusCode.BadRequest, (await DataAsync("tables/a%2Fb%20c%25/rows?limit=0")).StatusCode);
    }

    [Theory]
    [InlineData("tables/sqlite_master/rows")]
    [InlineData("tables/a/b c%25/rows")]
    [InlineData("events")]
    [InlineData("")]
    public async Task What_no_job_writes_and_what_only_one_machine_can_tell_is_not_there(string path)
    {
        var response = await DataAsync(path);
        Assert.Equal((HttpStatusCode.NotFound, "application/json; charset=utf-8"), (response.StatusCode, Header(response, "Content-Type")));
        Assert.NotNull(JsonNode.Parse(Text(response))!["error"]);
    }

    [Fact]
    public async Task The_address_without_a_slash_behind_it_is_no_table_either() =>
        Assert.Equal(HttpStatusCode.NotFound, (await _functions.DataAsync(new RequestDouble(Site + "/api"), Context)).StatusCode);

    [Fact]
    public async Task A_prefix_of_the_hosts_own_makes_no_difference() =>
        Assert.Equal(HttpStatusCode.OK, (await _functions.DataAsync(new RequestDouble("https://app.example/our/dashboards/Dashboard/api/status"), Context)).StatusCode);

    [Fact]
    public async Task Of_an_app_with_instances_the_page_polls_and_reads_tables_again_each_time()
    {
        var jobs = JsonNode.Parse(Text(await DataAsync("jobs")))!;
        Assert.Equal(("functions", false), ((string?)jobs["host"], (bool)jobs["live"]!));
        var status = JsonNode.Parse(Text(await DataAsync("status")))!;
        Assert.Equal("""{"a/b c%":null}""", status["tables"]!.ToJsonString());
        Assert.Equal(("test", true), ((string?)status["jobs"]![0]!["job"], (bool)status["jobs"]![0]!["sink"]!["isUp"]!));
        Assert.Null(status["jobs"]![0]!["rowsWritten"]);
    }

    private Task<HttpResponseData> DataAsync(string path) => _functions.DataAsync(new RequestDouble($"{Site}/api/{path}"), Context);
}
