using Npgsql;
using Serverless.Engine.State;

namespace Serverless.Connectors.Tests.PostgreSql;

/// <summary>A server that comes and goes, kills and locks.</summary>
public sealed class PostgreSqlOutageTests(PostgreSqlFixture fixture) : PostgreSqlTest(fixture)
{
    private const string OurConnections = "FROM pg_stat_activity WHERE application_name = 'serverless-sql' AND datname = current_database()";

    [Fact]
    public async Task A_connection_killed_while_idle_is_made_anew_without_a_word()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);

        await ExecuteAsync($"SELECT pg_terminate_backend(pid) {OurConnections}");
        await WriteAsync(sink, Upsert("a", 1L));

        Assert.Equal(["a | 1"], await PlainAsync());
    }

    [Fact]
    public async Task A_connection_killed_in_the_middle_of_a_statement_is_made_anew_and_the_rows_are_written()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        await using var blocker = await LockAsync();

        var writing = sink.WriteAsync([Upsert("a", 1L), Upsert("b", 2L)], Token);
        await UntilAsync($"SELECT 1 {OurConnections} AND wait_event_type = 'Lock'");
        await ExecuteAsync($"SELECT pg_terminate_backend(pid) {OurConnections}");
        await UntilAsync($"SELECT 1 {OurConnections} AND wait_event_type = 'Lock'");
        await blocker.DisposeAsync();

        Assert.Empty(await writing);
        Assert.Equal(["a | 1", "b | 2"], await PlainAsync());
    }

    [Fact]
    public async Task A_server_that_is_down_is_unavailable_and_takes_the_rows_when_it_is_back()
    {
        await using var server = await PostgreSqlServer.StartAsync([], Token);
        await server.ExecuteAsync("postgres", "CREATE TABLE t (k varchar(10) PRIMARY KEY, n bigint)", Token);
        var sink = await OpenAsync(Plain, AddressOf(server));
        RowChange[] rows = [Upsert("a", 1L)];

        await server.StopAsync();
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync(rows, Token));
        var opening = Sink(Plain, AddressOf(server));
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => opening.OpenAsync(Token));
        Assert.StartsWith($"table 't' at 127.0.0.1:{server.Port}/postgres: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
        await server.StartAsync(Token);

        await opening.OpenAsync(Token);
        await WriteAsync(sink, rows);
        await server.KillAsync();
        await Assert.ThrowsAsync<SinkUnavailableException>(() => opening.WriteAsync([Upsert("b", 1L)], Token));
        await server.StartAsync(Token);
        await WriteAsync(opening, Upsert("b", 2L));
        Assert.Equal(["a | 1", "b | 2"], await server.QueryAsync("postgres", "SELECT * FROM t ORDER BY k", Token));
    }

    [Fact]
    public async Task A_locked_table_is_given_up_in_time_and_written_when_it_is_free()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain, Address with { StatementTimeout = TimeSpan.FromMilliseconds(300) });
        await using var blocker = await LockAsync();

        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert("a", 1L)], Token));
        Assert.EndsWith("canceling statement due to statement timeout (SQLSTATE 57014)", error.Message, StringComparison.Ordinal);
        await blocker.DisposeAsync();
        await WriteAsync(sink, Upsert("a", 1L));

        Assert.Equal(["a | 1"], await PlainAsync());
    }

    [Fact]
    public async Task Opening_waits_for_a_locked_table_too()
    {
        await CreatePlainAsync();
        await using var blocker = await LockAsync();
        var sink = Sink(Plain, Address with { StatementTimeout = TimeSpan.FromMilliseconds(300) });

        await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.OpenAsync(Token));
        await blocker.DisposeAsync();

        await sink.OpenAsync(Token);
    }

    [Fact]
    public async Task A_write_that_is_called_off_leaves_a_sink_that_works()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        await using (await LockAsync())
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var writing = sink.WriteAsync([Upsert("a", 1L)], stop.Token);
            await UntilAsync($"SELECT 1 {OurConnections} AND wait_event_type = 'Lock'");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        }

        await WriteAsync(sink, Upsert("b", 2L));
        Assert.Equal(["b | 2"], await PlainAsync());
    }

    [Fact]
    public async Task A_deadlock_passes()
    {
        await CreatePlainAsync();
        await ExecuteAsync("INSERT INTO t VALUES ('a', 0), ('b', 0)");
        var sink = await OpenAsync(Plain);
        await using var other = new NpgsqlConnection(Server.ConnectionString(Database));
        await other.OpenAsync(Token);
        // The other one waits long for its turn to look, so that it is ours that is ended.
        await RunAsync(other, "SET deadlock_timeout = '20s'; BEGIN; UPDATE t SET n = 9 WHERE k = 'b'");
        var writing = sink.WriteAsync([Upsert("a", 1L), Upsert("b", 2L)], Token);
        await UntilAsync($"SELECT 1 {OurConnections} AND wait_event_type = 'Lock'");
        var theirs = RunAsync(other, "UPDATE t SET n = 9 WHERE k = 'a'; COMMIT");

        Assert.Contains("deadlock detected", (await Assert.ThrowsAsync<SinkUnavailableException>(() => writing)).Message, StringComparison.Ordinal);
        await theirs;
        await WriteAsync(sink, Upsert("a", 1L), Upsert("b", 2L));
        Assert.Equal(["a | 1", "b | 2"], await PlainAsync());
    }

    [Fact]
    public async Task A_server_that_only_reads_is_waited_for()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        await ExecuteAsync($"ALTER DATABASE \"{Database}\" SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) {OurConnections}");

        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert("a", 1L)], Token));
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SinkUnavailableException>(() => Sink(Plain).OpenAsync(Token));
        await Server.ExecuteAsync("postgres", $"ALTER DATABASE \"{Database}\" SET default_transaction_read_only = off", Token);

        await WriteAsync(sink, Upsert("a", 1L));
        Assert.Equal(["a | 1"], await PlainAsync());
    }

    [Fact]
    public async Task Too_many_connections_are_waited_out()
    {
        await CreatePlainAsync();
        await ExecuteAsync("CREATE ROLE app LOGIN PASSWORD 'secret' CONNECTION LIMIT 1; GRANT ALL ON t TO app");
        var address = Address with { Username = "app", Password = "secret" };
        try
        {
            await using (await OpenAsync(Plain, address))
            {
                var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => Sink(Plain, address).OpenAsync(Token));
                Assert.Contains("too many connections", error.Message, StringComparison.Ordinal);
            }
            // Ours is gone; the server takes a moment to see it.
            await UntilAsync($"SELECT 1 WHERE NOT EXISTS (SELECT 1 {OurConnections})");
            await using var sink = await OpenAsync(Plain, address);
        }
        finally
        {
            await ExecuteAsync("DROP OWNED BY app; DROP ROLE app");
        }
    }

    [Fact]
    public async Task A_table_that_goes_away_while_writing_is_waited_for()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        await ExecuteAsync("DROP TABLE t");

        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert("a", 1L)], Token));
        Assert.Contains("relation \"t\" does not exist", error.Message, StringComparison.Ordinal);
        await CreatePlainAsync();

        await WriteAsync(sink, Upsert("a", 1L));
    }

    private async Task<NpgsqlConnection> LockAsync()
    {
        var connection = new NpgsqlConnection(Server.ConnectionString(Database));
        await connection.OpenAsync(Token);
        await RunAsync(connection, "BEGIN; LOCK TABLE t");
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    private async Task UntilAsync(string query)
    {
        while ((await QueryAsync(query)).Length == 0)
            await Task.Delay(20, Token);
    }
}
