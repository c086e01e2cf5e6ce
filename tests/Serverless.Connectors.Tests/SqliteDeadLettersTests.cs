using Serverless.Connectors.Databases.Sqlite;
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
            new("pvuv", "pv-uv", 0, 7, DeadLetterKind.Record, "no date", "{\"p_dt\":\"2021-13-45\"}"u8.ToArray()),
            new("pvuv", "pv-uv", 1, 7, DeadLetterKind.Record, "no date", "{\"p_dt\":\"坏\"}"u8.ToArray()),
            new("recharge", "pv-uv", 0, 7, DeadLetterKind.Record, "no JSON", [0xFF, 0xFE]),
            new("recharge", null, null, null, DeadLetterKind.Refused, "too long", "{\"appkey\":\"a\"}"u8.ToArray(), "a"),
            new("recharge", null, null, null, DeadLetterKind.Refused, "too long", "{\"appkey\":\"b\"}"u8.ToArray(), "b"),
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

    [Fact]
    public async Task The_last_letters_of_a_job_are_those_that_came_last()
    {
        await using var file = new SqliteFile(_folder["results.db"]);
        await using var letters = new SqliteDeadLetters(file);
        Assert.Empty(await letters.LastAsync("pvuv", 2, Token));

        await letters.WriteAsync([.. Enumerable.Range(0, 3).Select(i => new DeadLetter("pvuv", "pv-uv", 1, i, DeadLetterKind.Record, $"wrong {i}", [1]))], Token);
        await letters.WriteAsync([new DeadLetter("recharge", "t", 0, 9, DeadLetterKind.Record, "not its own", [1]), new DeadLetter("pvuv", null, null, null, DeadLetterKind.Refused, "too long", [2], "k")], Token);

        Assert.Equal(
            [new DeadLetterLine("too long", null, null, null, "k"), new DeadLetterLine("wrong 2", "pv-uv", 1, 2, null)],
            await letters.LastAsync("pvuv", 2, Token));
    }

    [Fact]
    public async Task A_file_of_a_former_version_takes_letters_of_rows_with_their_keys()
    {
        await using (var former = new SqliteFile(_folder["results.db"]))
            await former.UseAsync(connection =>
            {
                SqliteFile.Execute(connection, "CREATE TABLE dead_letters (id TEXT NOT NULL PRIMARY KEY, job TEXT NOT NULL, topic TEXT, \"partition\" INTEGER, \"offset\" INTEGER, reason TEXT NOT NULL, value)");
                SqliteFile.Execute(connection, "INSERT INTO dead_letters VALUES ('pvuv/t/0/1', 'pvuv', 't', 0, 1, 'old', 'x')");
                return true;
            }, Token);
        await using var file = new SqliteFile(_folder["results.db"]);
        await using var letters = new SqliteDeadLetters(file);
        await letters.OpenAsync(Token);
        await letters.WriteAsync([new DeadLetter("pvuv", null, null, null, DeadLetterKind.Refused, "new", [2], "k")], Token);

        Assert.Equal(["new k", "old "], (await letters.LastAsync("pvuv", 5, Token)).Select(l => $"{l.Reason} {l.Row}"));
    }
}
