using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Databases;

/// <summary>What becomes of values that a table of <c>ddl</c>'s cannot hold: docs/types.md says it.</summary>
public sealed class OutOfRangeTests(PostgreSqlFixture postgreSqls, MariaDbFixture mariaDbs)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // A type, a value at its edge, the text in PostgreSQL and in MariaDB; null where the row becomes a dead letter.
    private static readonly (SqlType Type, object Value, string? PostgreSql, string? MariaDb)[] Values =
    [
        (SqlType.TinyInt, 200L, "200", null),
        (SqlType.SmallInt, 40_000L, null, null),
        (SqlType.Int, 3_000_000_000L, null, null),
        (SqlType.Decimal(5, 2), Number.Parse("1234.5"), null, null),
        (SqlType.Decimal(38, 35), new Number(1, 35), "0.00000000000000000000000000000000001", "0.000000000000000000000000000000"),
        (SqlType.Float, Number.Parse("1e39"), null, null),
        (SqlType.Float, Number.Parse("1e-50"), null, "0"),
        (SqlType.Double, Number.Parse("1e308"), "1e+308", "1e308"),
        (new(SqlKind.String, 3), "abcd", null, null),
        (new(SqlKind.String, 3), "😀😀😀", "😀😀😀", "😀😀😀"),
        (new(SqlKind.Bytes, 3), new byte[4], "\\x00000000", null),
        (SqlType.String, "a\0b", null, "a\0b"),
        (SqlType.Date, new DateOnly(1, 1, 1), "0001-01-01", "0001-01-01"),
        (SqlType.Date, new DateOnly(9999, 12, 31), "9999-12-31", "9999-12-31"),
        (SqlType.Time(9), new TimeOnly(863_999_999_999), "23:59:59.999999", "23:59:59.999999"),
        (SqlType.Timestamp(9), new DateTime(9999, 12, 31, 23, 59, 59).AddTicks(9_999_999), "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"),
        (SqlType.Timestamp(0), new DateTime(2026, 1, 1), "2026-01-01 00:00:00", "2026-01-01 00:00:00"),
        (SqlType.TimestampLtz(3), new DateTimeOffset(2038, 1, 19, 3, 14, 7, TimeSpan.Zero), "2038-01-19 03:14:07+00", "2038-01-19 03:14:07.000"),
        (SqlType.TimestampLtz(3), new DateTimeOffset(2038, 1, 19, 3, 14, 8, TimeSpan.Zero), "2038-01-19 03:14:08+00", null),
        (SqlType.TimestampLtz(3), new DateTimeOffset(1969, 12, 31, 23, 59, 59, TimeSpan.Zero), "1969-12-31 23:59:59+00", null),
    ];

    [Fact]
    public async Task PostgreSQL_refuses_what_it_cannot_hold()
    {
        var (server, database) = await postgreSqls.DatabaseAsync(Stop);
        var address = new DatabaseAddress(TestServer.Host, server.Port, database, PostgreSqlServer.Username, PostgreSqlServer.Password, TlsMode.None);
        await CheckAsync(
            v => v.PostgreSql, new PostgreSqlDialect(), address, t => new PostgreSqlDatabase(t, address), sql => server.ExecuteAsync(database, sql, Stop),
            table => server.QueryAsync(database, $"SET TIME ZONE 'UTC'; SELECT c1::text FROM {table}", Stop));
    }

    [Fact]
    public async Task MariaDB_refuses_what_it_cannot_hold()
    {
        var (server, database) = await mariaDbs.DatabaseAsync(Stop);
        var address = new DatabaseAddress(TestServer.Host, server.Port, database, MariaDbServer.Username, MariaDbServer.Password, TlsMode.None);
        await CheckAsync(
            v => v.MariaDb, new MySqlDialect(), address, t => new MySqlDatabase(t, address),
            // A server of another flavour has not the collation of the one that is asked for.
            sql => server.ExecuteAsync(database, sql.Replace("utf8mb4_0900_bin", "utf8mb4_nopad_bin", StringComparison.Ordinal), Stop),
            table => server.QueryAsync(database, $"SET time_zone = '+00:00'; SELECT CAST(c1 AS CHAR CHARACTER SET utf8mb4) FROM {table}", Stop));
    }

    private static async Task CheckAsync(
        Func<(SqlType Type, object Value, string? PostgreSql, string? MariaDb), string?> expected, Dialect dialect, DatabaseAddress address, Func<SinkTable, IDatabase> connect,
        Func<string, Task> execute, Func<string, Task<string[]>> query)
    {
        for (var i = 0; i < Values.Length; i++)
        {
            var (type, value) = (Values[i].Type, Values[i].Value);
            var table = SinkTables.Of([SqlType.Int, type], 1, $"t{i}");
            await execute(dialect.CreateTable(table));
            await using var sink = new DatabaseTarget(table, address, dialect, () => connect(table)).CreateSink(NullLogger.Instance);
            await sink.OpenAsync(Stop);

            var refused = await sink.WriteAsync([new RowChange("1", default, false, [1L, value])], Stop);

            var found = refused.Count > 0 ? $"refused: {refused[0].Reason}" : (await query(table.Name))[0];
            if (expected(Values[i]) is { } text)
                Assert.Equal($"{type} {text}", $"{type} {found}");
            else
                Assert.StartsWith($"{type} {value} refused: ", $"{type} {value} {found}", StringComparison.Ordinal);
        }
    }
}
