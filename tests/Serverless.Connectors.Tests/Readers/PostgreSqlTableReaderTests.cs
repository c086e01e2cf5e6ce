using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Tests.PostgreSql;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Connectors.Tests.Readers;

public sealed class PostgreSqlTableReaderTests(PostgreSqlFixture fixture) : TableReaderTest, IAsyncLifetime
{
    private const string OurConnections = "FROM pg_stat_activity WHERE application_name = 'serverless-sql' AND datname = current_database()";

    private PostgreSqlServer _server = null!;
    private string _database = "";

    public async ValueTask InitializeAsync() => (_server, _database) = await fixture.DatabaseAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override async Task<ITableReader> TableAsync(TableDefinition table, IReadOnlyList<RowChange> rows)
    {
        var target = TargetOf(table, PostgreSqlTest.AddressOf(_server) with { Database = _database });
        await _server.ExecuteAsync(_database, target.Dialect.CreateTable(target.Table), Token);
        await using var sink = target.CreateSink(NullLogger.Instance);
        await sink.OpenAsync(Token);
        Assert.Empty(await sink.WriteAsync(rows, Token));
        return target.CreateReader();
    }

    [Fact]
    public async Task Its_connections_only_read_and_one_that_was_killed_is_made_anew_without_a_word()
    {
        await using var reader = await TableAsync(PostgreSqlTest.Plain.Definition, [Upsert("a", 1L)]);
        await reader.ReadAsync(new TableQuery { Limit = 5 }, Token);
        // The server may take a moment to forget the connection that wrote.
        while (await _server.QueryAsync(_database, $"SELECT count(*) {OurConnections}", Token) is not ["1"])
            await Task.Delay(20, Token);

        await _server.ExecuteAsync(_database, $"SELECT pg_terminate_backend(pid) {OurConnections}", Token);

        Assert.Equal([["a", "1"]], (await reader.ReadAsync(new TableQuery { Limit = 5 }, Token)).Rows);
        await using var reading = new PostgreSqlReading(PostgreSqlTest.Plain, ReadLimits.Of(PostgreSqlTest.AddressOf(_server) with { Database = _database }));
        Assert.Equal(
            [["on", "5s"]],
            await reading.ReadAsync(new ReadStatement("SELECT current_setting('default_transaction_read_only'), current_setting('statement_timeout')", [], [0, 0]), Token));
    }

    [Fact]
    public async Task A_table_that_is_not_there_and_a_server_that_is_down_are_errors_in_words()
    {
        await using var missing = TargetOf(PostgreSqlTest.Plain.Definition, PostgreSqlTest.AddressOf(_server) with { Database = _database }).CreateReader();
        await using var down = TargetOf(PostgreSqlTest.Plain.Definition, PostgreSqlTest.AddressOf(_server) with { Port = 1 }).CreateReader();

        var error = await Assert.ThrowsAsync<ConnectorException>(() => missing.ReadAsync(new TableQuery { Limit = 1 }, Token));
        var outage = await Assert.ThrowsAsync<SinkUnavailableException>(() => down.ReadAsync(new TableQuery { Limit = 1 }, Token));

        Assert.Contains("relation \"t\" does not exist (SQLSTATE 42P01): create it", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("table 't' at 127.0.0.1:1/postgres: ", outage.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgreSqlServer.Password, error.Message + outage.Message, StringComparison.Ordinal);
    }

    private static DatabaseTarget TargetOf(TableDefinition table, DatabaseAddress address)
    {
        var sink = new SinkTable(table, null, table.Name) { MaxRows = 1000 };
        return new DatabaseTarget(sink, address, new PostgreSqlDialect(), () => new PostgreSqlDatabase(sink, address));
    }
}
