using System.Diagnostics;
using MySqlConnector;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.State;

namespace Serverless.Connectors.Tests.MySql;

/// <summary>What a MySQL sink does when its server, its connection or its table is away.</summary>
public sealed class MySqlFailureTests(MySqlFailureTests.OwnServer own) : MySqlTest, IClassFixture<MySqlFailureTests.OwnServer>
{
    private const string Writer = "writer";
    private const string WriterPassword = "s3cret-writer";

    protected override async Task<(MariaDbServer Server, string Database)> StartAsync()
    {
        var (server, database) = (await own.Server, $"own{Guid.NewGuid():N}");
        await server.CreateDatabaseAsync(database, Token);
        return (server, database);
    }

    private DatabaseAddress WriterAddress => Address with { Username = Writer, Password = WriterPassword };

    [Fact]
    public async Task A_connection_that_was_killed_while_idle_is_made_again_at_once()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);

        await KillAsync();
        await WriteAsync(sink, Upsert(1, 1L, "a"));
        await KillAsync();
        await WriteAsync(sink, Delete(2, 1L, null), Upsert(1, 2L, "b"));

        Assert.Equal(["2 | b"], await QueryAsync("SELECT * FROM t"));
    }

    [Fact]
    public async Task A_connection_that_is_killed_in_mid_write_loses_no_row()
    {
        await CreatePlainAsync();
        await ExecuteAsync("CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW DO SLEEP(0.01)");
        var sink = await OpenAsync(Plain);

        var writing = sink.WriteAsync([.. Enumerable.Range(0, 100).Select(i => Upsert(1, (long)i, $"n{i}"))], Token);
        await UntilAsync("SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'User sleep%' AND db = DATABASE()", "1");
        await KillAsync(isGone: false);

        Assert.Empty(await writing);
        Assert.Equal(["100"], await QueryAsync("SELECT COUNT(*) FROM t"));
    }

    [Fact]
    public async Task A_server_that_is_stopped_and_started_again_costs_delay()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        await WriteAsync(sink, Upsert(1, 1L, "a"));

        await Server.StopAsync();
        try
        {
            var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert(1, 2L, "b")], Token));
            Assert.StartsWith($"table 't' at 127.0.0.1:{Server.Port}/{Database}: ", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<SinkUnavailableException>(() => OpenAsync(Plain));
        }
        finally
        {
            await Server.StartAsync(Token);
        }

        await WriteAsync(sink, Upsert(1, 2L, "b"));
        Assert.Equal(["1 | a", "2 | b"], await QueryAsync("SELECT * FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("LOCK TABLES t WRITE", "UNLOCK TABLES")]
    [InlineData("START TRANSACTION; UPDATE t SET name = 'other' WHERE id = 1", "ROLLBACK")]
    public async Task A_lock_that_is_held_too_long_costs_delay_and_the_connection_is_not_left_waiting(string locking, string unlocking)
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        await WriteAsync(sink, Upsert(1, 1L, "a"));
        await using var other = new MySqlConnection(Server.ConnectionString(Database));
        await other.OpenAsync(Token);
        await RunAsync(other, locking);

        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert(2, 1L, "b")], Token));
        Assert.Contains("Lock wait timeout exceeded; try restarting transaction (MySQL error 1205)", error.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), Address.StatementTimeout);

        await RunAsync(other, unlocking);
        await WriteAsync(sink, Upsert(2, 1L, "b"));
        Assert.Equal(["1 | b"], await QueryAsync("SELECT * FROM t"));
    }

    [Fact]
    public async Task Of_a_deadlock_the_sink_may_be_the_victim_and_tries_again()
    {
        await CreatePlainAsync();
        await ExecuteAsync("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e'), (6, 'f'); COMMIT");
        var sink = await OpenAsync(Plain);
        await using var other = new MySqlConnection(Server.ConnectionString(Database));
        await other.OpenAsync(Token);
        // The one with more changes is spared.
        await RunAsync(other, "START TRANSACTION; UPDATE t SET name = 'x' WHERE id > 1");

        var writing = sink.WriteAsync([Upsert(2, 1L, "one"), Upsert(2, 2L, "two")], Token);
        // Not innodb_lock_waits: it stays as it was for those who ask more often than ten times a second.
        await UntilAsync("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'", "1");
        await RunAsync(other, "UPDATE t SET name = 'x' WHERE id = 1; COMMIT");

        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => writing);
        Assert.Contains("Deadlock found", error.Message, StringComparison.Ordinal);
        await WriteAsync(sink, Upsert(2, 1L, "one"), Upsert(2, 2L, "two"));
        Assert.Equal(["1 | one", "2 | two", "3 | x"], await QueryAsync("SELECT * FROM t WHERE id < 4 ORDER BY id"));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_given_up_at_the_server_too()
    {
        await CreatePlainAsync();
        await ExecuteAsync("CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW DO SLEEP(30)");
        var sink = await OpenAsync(Plain, Address with { StatementTimeout = TimeSpan.FromSeconds(1) });

        await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert(1, 1L, "a")], Token));

        await UntilAsync("SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'User sleep%'", "0");
        Assert.Equal(["0"], await QueryAsync("SELECT COUNT(*) FROM t"));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_leaves_a_sink_that_writes()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        await using var other = new MySqlConnection(Server.ConnectionString(Database));
        await other.OpenAsync(Token);
        await RunAsync(other, "LOCK TABLES t WRITE");

        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sink.WriteAsync([Upsert(1, 1L, "a")], cancellation.Token));

        await RunAsync(other, "UNLOCK TABLES");
        await WriteAsync(sink, Upsert(1, 1L, "a"));
        Assert.Equal(["1 | a"], await QueryAsync("SELECT * FROM t"));
    }

    [Fact]
    public async Task A_server_that_only_reads_costs_delay()
    {
        await CreatePlainAsync();
        await CreateWriterAsync("SELECT, INSERT, UPDATE, DELETE");
        var sink = await OpenAsync(Plain, WriterAddress);

        await ExecuteAsync("SET GLOBAL read_only = 1");
        try
        {
            var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert(1, 1L, "a")], Token));
            Assert.Contains("--read-only option", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<SinkUnavailableException>(() => OpenAsync(Plain, WriterAddress));
        }
        finally
        {
            await ExecuteAsync("SET GLOBAL read_only = 0");
        }
        await WriteAsync(sink, Upsert(1, 1L, "a"));
    }

    [Theory]
    [InlineData("max_connections = 10", "max_connections = 100", "Too many connections (MySQL error 1040)")]
    [InlineData("max_user_connections = 10", "max_user_connections = 90", "User writer already has more than 'max_user_connections' active connections (MySQL error 1203)")]
    public async Task Too_many_connections_cost_delay(string few, string enough, string message)
    {
        await CreatePlainAsync();
        await CreateWriterAsync("SELECT, INSERT, UPDATE, DELETE");
        await ExecuteAsync($"SET GLOBAL {few}");
        List<MySqlConnection> connections = [];
        try
        {
            await Assert.ThrowsAsync<MySqlException>(async () =>
            {
                while (true)
                {
                    connections.Add(new MySqlConnection(new MySqlConnectionStringBuilder(Server.ConnectionString(Database)) { UserID = Writer, Password = WriterPassword }.ToString()));
                    await connections[^1].OpenAsync(Token);
                }
            });
            var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => OpenAsync(Plain, WriterAddress));
            Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
            await Eventually(() => ExecuteAsync($"SET GLOBAL {enough}"));
        }
        await OpenAsync(Plain, WriterAddress);
    }

    [Fact]
    public async Task Rows_that_make_too_large_a_packet_go_in_smaller_ones_and_one_too_large_alone_is_refused()
    {
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name LONGTEXT) CHARACTER SET utf8mb4");
        await ExecuteAsync("SET GLOBAL max_allowed_packet = 65536");
        try
        {
            var sink = await OpenAsync(Plain);
            // Half of what is sent of the quotes are the backslashes before them.
            RowChange[] rows =
            [
                .. Enumerable.Range(0, 20).Select(i => Upsert(1, (long)i, new string('x', 10_000))), Upsert(1, 20L, new string('\'', 32_000)),
                Upsert(1, 21L, new string('\'', 33_000)), Upsert(1, 22L, new string('y', 65_000)), Upsert(1, 23L, new string('玩', 22_000)),
            ];

            var refused = await sink.WriteAsync(rows, Token);

            Assert.Equal([21L, 23L], refused.Select(r => r.Change.Values[0]));
            Assert.All(refused, r => Assert.EndsWith("bytes are more than the server takes in a statement, 65536; raise its max_allowed_packet", r.Reason, StringComparison.Ordinal));
            Assert.Equal(["22 | 65000"], await QueryAsync("SELECT COUNT(*), MAX(LENGTH(name)) FROM t"));
        }
        finally
        {
            await ExecuteAsync("SET GLOBAL max_allowed_packet = 16777216");
        }
    }

    [Fact]
    public async Task What_a_person_must_mend_is_said_at_open_with_what_to_do_and_without_the_password()
    {
        await CreatePlainAsync();
        await CreateWriterAsync("SELECT, INSERT, UPDATE");
        (SinkTable Table, DatabaseAddress Address, string Says)[] cases =
        [
            (Plain, Address with { Password = "wrong-s3cret" }, "Access denied for user 'admin'@'localhost' (using password: YES) (MySQL error 1045): check the user's name and password"),
            (Plain, Address with { Database = "nowhere" }, "Unknown database 'nowhere' (MySQL error 1049): create the database, or correct its name in the script"),
            (Plain, WriterAddress with { Database = "mysql" }, "Access denied for user 'writer'@'%' to database 'mysql' (MySQL error 1044): the user needs the privileges INSERT, UPDATE, DELETE and SELECT on the table: GRANT them"),
            (Plain, Address with { Tls = TlsMode.Required }, "Server does not support SSL (MySQL error 1042): turn TLS on there, or, where the network is safe, write 'connection.ssl.mode' = 'disable'"),
        ];
        foreach (var (table, address, says) in cases)
        {
            var error = await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync(table, address));

            Assert.Equal($"table '{table.Name}' at {address.Place}: {says}", error.Message);
            Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_table_that_no_row_can_be_written_to_is_found_at_open()
    {
        await CreatePlainAsync();
        await ExecuteAsync("CREATE TABLE narrow (id BIGINT PRIMARY KEY)");
        await ExecuteAsync("CREATE TABLE other (id BIGINT, name VARCHAR(9) PRIMARY KEY)");
        await CreateWriterAsync("SELECT, INSERT, UPDATE");
        (SinkTable Table, DatabaseAddress Address, string Says)[] cases =
        [
            (Plain with { Name = "absent" }, Address, "there is no table 'absent' in the database"),
            (Plain with { Name = "narrow" }, Address, "has no column 'name'"),
            (Plain with { VersionColumn = "v" }, Address, "'v'"),
            (Plain with { Name = "other" }, Address, "primary key"),
            (Plain, WriterAddress, "the user may not DELETE in table 't'"),
        ];
        foreach (var (table, address, says) in cases)
            Assert.Contains(says, (await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync(table, address))).Message, StringComparison.Ordinal);
        // Without deletes, no privilege to delete is asked for.
        await OpenAsync(Plain with { Deletes = DeleteStrategy.Ignore }, WriterAddress);
    }

    [Fact]
    public async Task A_table_that_is_dropped_while_rows_come_costs_delay_until_it_is_back()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);

        await ExecuteAsync("DROP TABLE t");
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert(1, 1L, "a")], Token));
        Assert.Contains("doesn't exist (MySQL error 1146)", error.Message, StringComparison.Ordinal);

        await CreatePlainAsync();
        await WriteAsync(sink, Upsert(1, 1L, "a"));
    }

    [Fact]
    public async Task A_host_that_does_not_answer_or_is_none_is_tried_again()
    {
        foreach (var host in (string[])["192.0.2.1", "no-such-host.invalid"])
        {
            var address = Address with { Host = host, ConnectTimeout = TimeSpan.FromSeconds(1) };
            var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => OpenAsync(Plain, address));
            Assert.StartsWith($"table 't' at {host}:{Server.Port}/{Database}: ", error.Message, StringComparison.Ordinal);
        }
    }

    private async Task CreateWriterAsync(string privileges)
    {
        await ExecuteAsync($"CREATE OR REPLACE USER {Writer} IDENTIFIED BY '{WriterPassword}'");
        await ExecuteAsync($"GRANT {privileges} ON {Database}.* TO {Writer}");
    }

    // The sink's connection, and no other of this test's.
    private async Task KillAsync(bool isGone = true)
    {
        var ids = await QueryAsync("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()");
        foreach (var id in ids)
        {
            try
            {
                await ExecuteAsync($"KILL {id}");
            }
            catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.NoSuchThread)
            {
                // It was of a query of this test's that had ended.
            }
        }
        if (isGone)
            await UntilAsync("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()", "0");
    }

    private Task UntilAsync(string sql, string value) => Eventually(async () => Assert.Equal([value], await QueryAsync(sql)));

    private static async Task Eventually(Func<Task> action)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(20, Token))
        {
            try
            {
                await action();
                return;
            }
            catch (Exception) when (watch.Elapsed < TimeSpan.FromSeconds(10))
            {
                // Not yet.
            }
        }
    }

    private static async Task RunAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>A server that these tests may stop and set as they like; it has no TLS, and commits nothing by itself.</summary>
    public sealed class OwnServer : IAsyncDisposable
    {
        private readonly Lazy<Task<MariaDbServer>> _server = new(() => MariaDbServer.StartAsync(["max-connections=100", "max-user-connections=90", "lock-wait-timeout=60", "autocommit=0"], CancellationToken.None));

        public Task<MariaDbServer> Server => _server.Value;

        public async ValueTask DisposeAsync()
        {
            if (_server.IsValueCreated)
                await (await _server.Value).DisposeAsync();
        }
    }
}
