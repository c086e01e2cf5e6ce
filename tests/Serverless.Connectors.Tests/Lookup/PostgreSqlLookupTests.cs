using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Tests.PostgreSql;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Lookup;

public sealed class PostgreSqlLookupTests(PostgreSqlFixture fixture) : TableLookupTest, IAsyncLifetime
{
    private PostgreSqlServer _server = null!;
    private DatabaseAddress _address = null!;

    public async ValueTask InitializeAsync()
    {
        (_server, var database) = await fixture.DatabaseAsync(Token);
        _address = PostgreSqlTest.AddressOf(_server) with { Database = database };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_key_that_the_database_cannot_hold_fails_alone()
    {
        await ExecuteAsync("CREATE TABLE t (k text, n bigint)");
        await ExecuteAsync("INSERT INTO t VALUES ('a', 1)");
        await using var lookup = await OpenAsync(PostgreSqlTest.Plain.Definition, [0], [1]);

        var found = await lookup.FindAsync([Key("a"), Key("b\0"), Key("c")], Token);

        Assert.Equal(["1", "", ""], found.Select(Text));
        Assert.Equal([false, true, false], found.Select(f => f.Failure is not null));
    }

    [Fact]
    public async Task A_server_that_is_down_is_unavailable_and_answers_when_it_is_back()
    {
        await using var server = await PostgreSqlServer.StartAsync([], Token);
        await server.ExecuteAsync("postgres", "CREATE TABLE t (k text, n bigint)", Token);
        await server.ExecuteAsync("postgres", "INSERT INTO t VALUES ('a', 1)", Token);
        _address = PostgreSqlTest.AddressOf(server);
        await using var lookup = await OpenAsync(Tables.Make([new("k", SqlType.String, false), new("n", SqlType.BigInt, false)], []), [0], [1]);
        Assert.Equal("1", Text((await lookup.FindAsync([Key("a")], Token))[0]));

        await server.StopAsync();
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(async () => await lookup.FindAsync([Key("a")], Token));
        Assert.StartsWith($"table 't' at 127.0.0.1:{server.Port}/postgres: ", error.Message, StringComparison.Ordinal);
        await server.StartAsync(Token);

        Assert.Equal("1", Text((await lookup.FindAsync([Key("a")], Token))[0]));
    }

    private protected override DatabaseTarget Target(TableDefinition table)
    {
        var sink = new SinkTable(table, null, table.Name) { MaxRows = 1000 };
        return new DatabaseTarget(sink, _address, new PostgreSqlDialect(), () => new PostgreSqlDatabase(sink, _address));
    }

    private protected override Task ExecuteAsync(string sql) => _server.ExecuteAsync(_address.Database, sql, Token);
}
