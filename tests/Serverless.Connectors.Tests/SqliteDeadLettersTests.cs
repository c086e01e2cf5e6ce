using Serverless.Connectors.Sqlite;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Tests;

public sealed class SqliteDeadLettersTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_letter_that_comes_again_is_one()
    {
        await using var file = new SqliteFile(_folder["results.db"]);
        await using var letters = new SqliteDeadLetters(file);
        await letters.OpenAsync(Token);
        DeadLetter[] all =
        [
            new("pvuv", "pv-uv", 0, 7, "no date", "{\"p_dt\":\"2021-13-45\"}"u8.ToArray()),
            new("pvuv", "pv-uv", 1, 7, "no date", "{\"p_dt\":\"坏\"}"u8.ToArray()),
            new("recharge", "pv-uv", 0, 7, "no JSON", [0xFF, 0xFE]),
            new("recharge", null, null, null, "too long", "{\"appkey\":\"a\"}"u8.ToArray()),
            new("recharge", null, null, null, "too long", "{\"appkey\":\"b\"}"u8.ToArray()),
        ];

        await letters.WriteAsync(all, Token);
        await letters.WriteAsync(all, Token);

        Assert.Equal(5, await letters.CountAsync(null, Token));
        Assert.Equal(2, await letters.CountAsync("pvuv", Token));
        Assert.Equal(
            ["pvuv|pv-uv|0|7|no date|{\"p_dt\":\"2021-13-45\"}|text", "pvuv|pv-uv|1|7|no date|{\"p_dt\":\"坏\"}|text"],
            SqliteSinkTests.Rows(_folder["results.db"], "SELECT job, topic, \"partition\", \"offset\", reason, value, typeof(value) FROM dead_letters WHERE job = 'pvuv' ORDER BY id"));
        Assert.Equal(["FFFE"], SqliteSinkTests.Rows(_folder["results.db"], "SELECT hex(value) FROM dead_letters WHERE typeof(value) = 'blob'"));
    }
}
