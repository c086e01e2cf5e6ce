using System.Net;
using System.Text.Json;

namespace Serverless.Browser.Tests;

/// <summary>The JSON of a running command gives the rows of sinks and of nothing else.</summary>
public sealed class ApiTests(DemoFixture demo)
{
    private static readonly HttpClient Client = new();

    [Theory]
    [InlineData("api/tables/sqlite_master/rows", HttpStatusCode.NotFound, "consume")]
    [InlineData("api/tables/kafka_game_consume_source/rows", HttpStatusCode.NotFound, "consume")]
    [InlineData("api/tables/consume'--/rows", HttpStatusCode.NotFound, "consume")]
    [InlineData("api/tables/consume%22%20UNION%20SELECT%20name%20FROM%20sqlite_master%20--/rows", HttpStatusCode.NotFound, "consume")]
    [InlineData("api/tables/consume/values/nothing", HttpStatusCode.NotFound, "appkey")]
    [InlineData("api/tables/consume/values/rowid", HttpStatusCode.NotFound, "appkey")]
    [InlineData("api/tables/consume/rows?order=appkey%3BDROP%20TABLE%20consume", HttpStatusCode.NotFound, "appkey")]
    [InlineData("api/tables/consume/rows?filter.1%3D1%20OR%20appkey=x", HttpStatusCode.NotFound, "appkey")]
    [InlineData("api/tables/consume/rows?limit=2001", HttpStatusCode.BadRequest, "2000")]
    [InlineData("api/tables/consume/rows?limit=-1", HttpStatusCode.BadRequest, "2000")]
    public async Task What_is_no_table_or_column_of_a_sink_is_refused_and_those_that_are_there_are_named(string path, HttpStatusCode status, string says)
    {
        using var answer = await Client.GetAsync(new Uri((await demo.Demo).Address, path), TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        var error = await ErrorAsync(answer);
        Assert.Contains(says, error.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("SQL", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_is_a_value_and_never_a_condition()
    {
        var path = "api/tables/consume/rows?filter.appkey=" + Uri.EscapeDataString("' OR '1'='1");
        using var answer = await Client.GetAsync(new Uri((await demo.Demo).Address, path), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, json.RootElement.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task Without_the_token_the_data_are_refused()
    {
        using var orders = await Orders.RunOnAllAddressesAsync();
        foreach (var path in (string[])["api/jobs", "api/tables", "api/tables/sales/rows", "api/tables/sales/values/sold", "api/status", "api/events", "metrics"])
        {
            using var answer = await Client.GetAsync(new Uri(orders.Address, path), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, answer.StatusCode));
        }
    }

    internal static async Task<string> ErrorAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        return json.RootElement.GetProperty("error").GetString()!;
    }
}
