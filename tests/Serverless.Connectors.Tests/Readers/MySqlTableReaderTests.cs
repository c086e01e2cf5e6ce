using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Readers;

public sealed class MySqlTableReaderTests(MariaDbFixture fixture) : TableReaderTest, IAsyncLifetime
{
    private static readonly TableDefinition Plain = Tables.Make([new("k", SqlType.String, true), new("n", SqlType.BigInt, false)], [0]);

    private MariaDbServer _server = null!;
    private string _database = "";

    private DatabaseAddress Address => new(TestServer.Host, _server.Port, _database, MariaDbServer.Username, MariaDbServer.Password, TlsMode.Preferred);

    public async ValueTask InitializeAsync() => (_server, _database) = await fixture.DatabaseAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override async Task<ITableReader> TableAsync(TableDefinition table, IReadOnlyList<RowChange> rows)
    {
        var target = TargetOf(table, Address);
        await _server.ExecuteAsync(_database, target.Dialect.CreateTable(target.Table), Token);
        await using var sink = target.CreateSink(NullLogger.Instance);
        await sink.OpenAsync(Token);
        Assert.Empty(await sink.WriteAsync(rows, Token));
        return target.CreateReader();
    }

    [Fact]
    public async Task Its_connections_only_read_for_some_seconds_and_one_that_was_killed_is_made_anew_without_a_word()
    {
        await using var reader = await TableAsync(Plain, [Upsert("a", 1L)]);
        await using var reading = new MySqlReading(TargetOf(Plain, Address).Table, ReadLimits.Of(Address));
        var session = new ReadStatement("SELECT CAST(@@tx_read_only AS CHAR), CAST(@@max_statement_time AS CHAR), CAST(CONNECTION_ID() AS CHAR)", [], [0, 0, 0]);
        var before = Assert.Single(await reading.ReadAsync(session, Token));
        Assert.Equal("ON 5.000000", string.Join(' ', before[..2]));

        await _server.ExecuteAsync(_database, $"KILL {before[2]}", Token);

        await using var again = new DatabaseTableReader(reading, new MySqlSelect(TargetOf(Plain, Address).Table), "t");
        Assert.Equal([["a", "1"]], (await again.ReadAsync(new TableQuery { Limit = 5 }, Token)).Rows);
        Assert.Equal("ON 5.000000", string.Join(' ', Assert.Single(await reading.ReadAsync(session, Token))[..2]));
    }

    [Fact]
    public async Task A_table_that_is_not_there_and_a_server_that_is_down_are_errors_in_words()
    {
        await using var missing = TargetOf(Plain, Address).CreateReader();
        await using var down = TargetOf(Plain, Address with { Port = 1 }).CreateReader();

        var error = await Assert.ThrowsAsync<ConnectorException>(() => missing.ReadAsync(new TableQuery { Limit = 1 }, Token));
        var outage = await Assert.ThrowsAsync<SinkUnavailableException>(() => down.ReadAsync(new TableQuery { Limit = 1 }, Token));

        Assert.Contains("(MySQL error 1146): create it", error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"table 't' at 127.0.0.1:1/{_database}: ", outage.Message, StringComparison.Ordinal);
    }

    private static DatabaseTarget TargetOf(TableDefinition table, DatabaseAddress address)
    {
        var sink = new SinkTable(table, null, table.Name) { MaxRows = 1000 };
        return new DatabaseTarget(sink, address, new MySqlDialect(MySqlFlavour.MariaDb), () => new MySqlDatabase(sink, address));
    }
}
