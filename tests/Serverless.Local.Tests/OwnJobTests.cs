using System.Globalization;

namespace Serverless.Local.Tests;

/// <summary>The way of a job of one's own: from a sample of events to rows in a database.</summary>
public sealed class OwnJobTests(PostgreSqlFixture servers) : IDisposable
{
    private const string Orders = """
        {"shop":"north","product":"tea","price":4.50,"quantity":2,"ordered":"2026-05-01 09:12:00"}
        {"shop":"south","product":"tea","price":4.50,"quantity":1,"ordered":"2026-05-01 09:20:30"}
        {"shop":"north","product":"cup","price":12.00,"quantity":1,"ordered":"2026-05-01 10:02:11"}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_and_run_take_a_file_of_events_to_rows_in_PostgreSQL()
    {
        var stop = TestContext.Current.CancellationToken;
        var (server, database) = await servers.DatabaseAsync(stop);
        var sample = _folder.Write("orders.jsonl", Orders);
        var script = _folder.Write("orders.sql", (await Cli.RunAsync("init", sample, "--sink", "postgresql")).Output);
        string? Get(string name) => name switch
        {
            "POSTGRES_HOST" => string.Create(CultureInfo.InvariantCulture, $"{TestServer.Host}:{server.Port}"),
            "POSTGRES_DATABASE" => database,
            "POSTGRES_USERNAME" => PostgreSqlServer.Username,
            "POSTGRES_PASSWORD" => PostgreSqlServer.Password,
            _ => null,
        };

        var run = await Cli.RunAsync(
            ["run", script, "--embedded-broker", "--create-tables", "--feed", $"orders={sample}", "--until-idle", "--state", _folder["state"]], Get, "", stop);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(
            ["north|2026-05-01|2|16.50|3|2", "south|2026-05-01|1|4.50|1|1"],
            await server.QueryAsync(database, "SELECT concat_ws('|', shop, event_date, events, total_price, total_quantity, distinct_product) FROM orders_by_shop ORDER BY shop", stop));
    }
}
