using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Engine.State;

namespace Serverless.Connectors.Tests;

/// <summary>From a table's options to rows in the database that they name.</summary>
public sealed class JdbcTableTests(MariaDbFixture maria, PostgreSqlFixture postgres)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("type = rds\nurl = jdbc:mysql://${HOST_AND_PORT}/${DATABASE}?useUnicode=true\ntableName = sales\nuserName = ${USER}\npassword = ${PASSWORD}")]
    [InlineData("connector = jdbc\nurl = jdbc:mysql://${HOST_AND_PORT}/mysql\ntable-name = `${DATABASE}`.`sales`\nusername = ${USER}\npassword = ${PASSWORD}")]
    [InlineData("connector = mysql\nhostname = 127.0.0.1\nport = ${PORT}\ndatabase-name = ${DATABASE}\ntable-name = sales\nusername = ${USER}\npassword = ${PASSWORD}\nconnection.ssl.mode = require")]
    public async Task Rows_go_to_MySQL(string options)
    {
        var (server, database) = await maria.DatabaseAsync(Token);
        await server.ExecuteAsync(database, "CREATE TABLE sales (appkey VARCHAR(20) COLLATE utf8mb4_nopad_bin PRIMARY KEY, amount DOUBLE) CHARACTER SET utf8mb4", Token);

        await WriteAsync(options, server.Port, database, MariaDbServer.Username, MariaDbServer.Password);

        Assert.Equal(["a | 1.5"], await server.QueryAsync(database, "SELECT * FROM sales", Token));
    }

    [Fact]
    public async Task Rows_go_to_PostgreSQL_where_the_URL_says_so()
    {
        var (server, database) = await postgres.DatabaseAsync(Token);
        await server.ExecuteAsync(database, "CREATE SCHEMA shop; CREATE TABLE shop.sales (appkey TEXT PRIMARY KEY, amount DOUBLE PRECISION)", Token);

        await WriteAsync(
            "connector = jdbc\nurl = jdbc:postgresql://${HOST_AND_PORT}/${DATABASE}?currentSchema=shop&stringtype=unspecified\ntable-name = sales\nusername = ${USER}\npassword = ${PASSWORD}",
            server.Port, database, PostgreSqlServer.Username, PostgreSqlServer.Password);

        Assert.Equal(["a | 1.5"], await server.QueryAsync(database, "SELECT * FROM shop.sales", Token));
    }

    private static async Task WriteAsync(string options, int port, string database, string user, string password)
    {
        var factory = new ConnectorFactory(
            name => name switch { "HOST_AND_PORT" => $"127.0.0.1:{port}", "PORT" => $"{port}", "DATABASE" => database, "USER" => user, "PASSWORD" => password, _ => null },
            NullLoggerFactory.Instance);
        await using var sink = factory.CreateSink(Tables.With(options));
        await sink.OpenAsync(Token);
        Assert.Empty(await sink.WriteAsync([new RowChange("a", default, false, ["a", 1.5])], Token));
    }
}
