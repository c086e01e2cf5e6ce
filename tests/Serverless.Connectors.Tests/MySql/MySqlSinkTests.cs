using System.Globalization;
using System.Numerics;
using MySqlConnector;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.MySql;

/// <summary>What a MySQL sink writes, against a real server.</summary>
public sealed class MySqlSinkTests(MariaDbFixture maria) : MySqlTest
{
    protected override Task<(MariaDbServer Server, string Database)> StartAsync() => maria.DatabaseAsync(Token);

    [Fact]
    public async Task Rows_are_upserted_and_deleted_by_key()
    {
        await ExecuteAsync("CREATE TABLE t (app VARCHAR(20), amount DOUBLE, day DATE, note VARCHAR(9) DEFAULT 'kept', PRIMARY KEY (app, day))");
        var sink = await OpenAsync(Table([new("app", SqlType.String, false), new("amount", SqlType.Double, false), new("day", SqlType.Date, false)], 0, 2));
        var (d1, d2) = (new DateOnly(2020, 9, 30), new DateOnly(2020, 10, 1));

        await WriteAsync(sink, Upsert(1, "a", 1.5, d1), Upsert(1, "b", 2.0, d1), Upsert(1, "a", 3.0, d2), Upsert(1, "b", null, d2));
        await WriteAsync(sink, Upsert(2, "a", 139.4, d1), Delete(2, "b", null, d1), Delete(1, "x", null, d1), Delete(2, "b", null, d2));

        Assert.Equal(["a | 139.4 | 2020-09-30 | kept", "a | 3 | 2020-10-01 | kept"], await QueryAsync("SELECT * FROM t ORDER BY day"));
    }

    [Fact]
    public async Task Writing_the_same_rows_again_leaves_the_same_table()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);

        for (var i = 0; i < 3; i++)
            await WriteAsync(sink, Upsert(5, 1L, "a"), Upsert(5, 2L, "b"), Delete(5, 3L, null));

        Assert.Equal(["1 | a", "2 | b"], await QueryAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    public async Task Deletes_may_be_ignored_or_empty_the_row()
    {
        await CreatePlainAsync();
        await WriteAsync(await OpenAsync(Plain), Upsert(1, 1L, "a"), Upsert(1, 2L, "b"), Upsert(1, 3L, "c"));

        await WriteAsync(await OpenAsync(Plain with { Deletes = DeleteStrategy.Ignore }), Delete(2, 1L, null));
        await WriteAsync(await OpenAsync(Plain with { Deletes = DeleteStrategy.SetNull }), Delete(2, 2L, null), Delete(2, 9L, null));

        Assert.Equal(["1 | a", "2 | NULL", "3 | c"], await QueryAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    public async Task A_table_of_key_columns_alone_can_be_written()
    {
        await ExecuteAsync("CREATE TABLE t (a BIGINT, b VARCHAR(5), PRIMARY KEY (a, b))");
        var table = Table([new("a", SqlType.BigInt, false), new("b", SqlType.String, false)], 0, 1);
        var sink = await OpenAsync(table);

        await WriteAsync(sink, Upsert(1, 1L, "x"), Upsert(1, 2L, "y"));
        await WriteAsync(sink, Upsert(2, 1L, "x"), Delete(2, 2L, "y"));
        await WriteAsync(await OpenAsync(table with { Deletes = DeleteStrategy.SetNull }), Delete(3, 1L, "x"));

        Assert.Equal(["1 | x"], await QueryAsync("SELECT * FROM t"));
    }

    [Fact]
    public async Task Every_type_comes_back_exactly_to_its_extremes()
    {
        (SqlType Type, string Column, object? Value, string Expected)[] cases =
        [
            (SqlType.Boolean, "BOOLEAN", true, "1"),
            (SqlType.Boolean, "BIT(1)", false, "\0"),
            (SqlType.TinyInt, "TINYINT", -128L, "-128"),
            (SqlType.SmallInt, "SMALLINT", 32767L, "32767"),
            (SqlType.Int, "INT", -2147483648L, "-2147483648"),
            (SqlType.BigInt, "BIGINT", long.MinValue, "-9223372036854775808"),
            (SqlType.BigInt, "BIGINT", long.MaxValue, "9223372036854775807"),
            (SqlType.Decimal(38, 0), "DECIMAL(38, 0)", Digits("99999999999999999999999999999999999999", 0), "99999999999999999999999999999999999999"),
            (SqlType.Decimal(38, 2), "DECIMAL(38, 2)", Digits("-12345678901234567890123456789012345678", 2), "-123456789012345678901234567890123456.78"),
            (SqlType.Decimal(38, 38), "DECIMAL(38, 30)", Digits("1", 30), "0.000000000000000000000000000001"),
            (SqlType.Decimal(10, 2), "DECIMAL(10, 2)", new Number(139400, 4), "13.94"),
            (SqlType.Decimal(10, 0), "DECIMAL(10, 0)", new Number(12, -3), "12000"),
            (SqlType.String, "VARCHAR(200)", "it's 玩家 😀 \\ \\' \" ` % _ ? @a \r\n\t \u001a \0 end ", "it's 玩家 😀 \\ \\' \" ` % _ ? @a \r\n\t \u001a \0 end "),
            (SqlType.String, "LONGTEXT", new string('é', 100_000), new string('é', 100_000)),
            (SqlType.String, "VARCHAR(5)", "", ""),
            (SqlType.Date, "DATE", DateOnly.MinValue, "0001-01-01"),
            (SqlType.Date, "DATE", DateOnly.MaxValue, "9999-12-31"),
            (SqlType.Time(), "TIME", new TimeOnly(23, 59, 59), "23:59:59"),
            (SqlType.Time(6), "TIME(6)", new TimeOnly(TimeSpan.TicksPerDay - 10), "23:59:59.999999"),
            (SqlType.Timestamp(), "DATETIME(6)", DateTime.MinValue, "0001-01-01 00:00:00.000000"),
            (SqlType.Timestamp(), "DATETIME(6)", DateTime.MaxValue, "9999-12-31 23:59:59.999999"),
            (SqlType.Timestamp(3), "DATETIME(6)", new DateTime(2021, 12, 1, 19, 11, 0).AddTicks(5_009_999), "2021-12-01 19:11:00.500000"),
            (SqlType.Timestamp(9), "DATETIME(6)", new DateTime(2021, 12, 1, 19, 11, 0).AddTicks(19), "2021-12-01 19:11:00.000001"),
            (SqlType.Timestamp(0), "DATETIME", new DateTime(2021, 12, 1, 19, 11, 0).AddTicks(9_999_999), "2021-12-01 19:11:00"),
            (SqlType.TimestampLtz(), "DATETIME(6)", new DateTimeOffset(2021, 12, 1, 19, 11, 0, 500, TimeSpan.Zero), "2021-12-01 19:11:00.500000"),
            (SqlType.BigInt, "BIGINT", null, "NULL"),
            (SqlType.String, "TEXT", null, "NULL"),
        ];
        await ExecuteAsync($"CREATE TABLE t (id BIGINT PRIMARY KEY, {string.Join(", ", cases.Select((c, i) => $"c{i} {c.Column}"))}) CHARACTER SET utf8mb4");
        var sink = await OpenAsync(Table([.. cases.Select((c, i) => new TableColumn($"c{i}", c.Type, false)).Prepend(new("id", SqlType.BigInt, true))], 0));

        await WriteAsync(sink, Upsert(1, [.. cases.Select(c => c.Value).Prepend(1L)]));

        for (var i = 0; i < cases.Length; i++)
            Assert.Equal(cases[i].Expected, (await QueryAsync($"SELECT CAST(c{i} AS CHAR) FROM t")).Single());
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(139.4)]
    [InlineData(5e-324)]
    [InlineData(2.2250738585072014e-308)]
    [InlineData(double.MaxValue)]
    [InlineData(double.MinValue)]
    [InlineData(1e15)]
    [InlineData(123456789012345678.0)]
    [InlineData(0.30000000000000004)]
    public async Task A_double_comes_back_to_the_last_bit(double value)
    {
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v DOUBLE)");
        await WriteAsync(await OpenAsync(Table([new("id", SqlType.BigInt, false), new("v", SqlType.Double, false)], 0)), Upsert(1, 1L, value));

        await using var connection = new MySqlConnection(Server.ConnectionString(Database));
        await connection.OpenAsync(Token);
        await using var command = new MySqlCommand("SELECT v FROM t", connection);
        await command.PrepareAsync(Token); // so that it comes as bits
        Assert.Equal(value, (double)(await command.ExecuteScalarAsync(Token))!);
    }

    [Fact]
    public async Task Bytes_of_every_value_come_back()
    {
        await ExecuteAsync("CREATE TABLE t (id VARBINARY(300) PRIMARY KEY, v BLOB)");
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var sink = await OpenAsync(Table([new("id", SqlType.Bytes, false), new("v", SqlType.Bytes, false)], 0));

        await WriteAsync(sink, Upsert(1, bytes, bytes), Upsert(1, new byte[] { 0, 39, 92 }, null));
        await WriteAsync(sink, Delete(2, new byte[] { 0, 39, 92 }, null));

        var hex = Convert.ToHexStringLower(bytes);
        Assert.Equal([$"{hex} | {hex}"], await QueryAsync("SELECT * FROM t"));
    }

    [Fact]
    public async Task Each_type_can_be_a_key_that_is_deleted_by()
    {
        (SqlType Type, string Column, object Value, object Other)[] keys =
        [
            (SqlType.Boolean, "BOOLEAN", true, false),
            (SqlType.BigInt, "BIGINT", long.MaxValue, long.MaxValue - 1),
            (SqlType.Decimal(38, 2), "DECIMAL(38, 2)", Digits("12345678901234567890123456789012345678", 2), Digits("12345678901234567890123456789012345679", 2)),
            (SqlType.Double, "DOUBLE", 0.1, 0.1000000000000001),
            (SqlType.String, "VARCHAR(20) COLLATE utf8mb4_bin", "App\\1'", "app\\1'"),
            (SqlType.Date, "DATE", new DateOnly(2021, 12, 1), new DateOnly(2021, 12, 2)),
            (SqlType.Time(3), "TIME(3)", new TimeOnly(1, 2, 3, 4), new TimeOnly(1, 2, 3, 5)),
            (SqlType.Timestamp(6), "DATETIME(6)", new DateTime(2021, 12, 1).AddTicks(10), new DateTime(2021, 12, 1)),
            (SqlType.TimestampLtz(6), "TIMESTAMP(6)", new DateTimeOffset(2021, 12, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(10), new DateTimeOffset(2021, 12, 1, 0, 0, 0, TimeSpan.Zero)),
        ];
        for (var i = 0; i < keys.Length; i++)
        {
            var (type, column, value, other) = keys[i];
            await ExecuteAsync($"CREATE TABLE t{i} (k {column} PRIMARY KEY, v BIGINT) CHARACTER SET utf8mb4");
            var table = Table([new("k", type, true), new("v", SqlType.BigInt, false)], 0) with { Name = $"t{i}" };
            var sink = await OpenAsync(table);

            await WriteAsync(sink, Upsert(1, value, 1L), Upsert(1, other, 2L));
            await WriteAsync(sink, Delete(2, value, null));

            Assert.Equal([$"{column}: 2"], await QueryAsync($"SELECT '{column}: ', v FROM t{i}").ContinueWith(t => t.Result.Select(r => r.Replace(":  | ", ": ", StringComparison.Ordinal)).ToArray(), Token));
        }
    }

    [Fact]
    public async Task Names_may_hold_anything()
    {
        const string name = "Order `x`; drop ? @a 'q' \"d\" 玩";
        var quoted = $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
        await ExecuteAsync($"CREATE TABLE {quoted} ({quoted} VARCHAR(9) COLLATE utf8mb4_bin PRIMARY KEY, `select` INT, `a?b` BIGINT) CHARACTER SET utf8mb4");
        var table = Table([new(name, SqlType.String, false), new("select", SqlType.Int, false)], 0) with { Name = name, Schema = Database, VersionColumn = "a?b" };
        var sink = await OpenAsync(table);

        await WriteAsync(sink, Upsert(1, "k", 1L), Upsert(1, "l", 1L));
        await WriteAsync(sink, Upsert(2, "k", 2L), Delete(2, "l", null));

        Assert.Equal([$"k | 2 | {table.StampOf(Upsert(2, "k"))}"], await QueryAsync($"SELECT * FROM {quoted}"));
    }

    [Fact]
    public async Task With_a_version_column_an_older_row_changes_nothing_and_a_younger_state_wins()
    {
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(20), v BIGINT)");
        await ExecuteAsync("INSERT INTO t VALUES (7, 'without a version', NULL), (8, 'without a version', NULL)");
        var table = Plain with { VersionColumn = "v" };
        var (sink, youngerSink) = (await OpenAsync(table), await OpenAsync(table));
        var young = Upsert(1, 1L, "young");
        young = young with { Version = young.Version with { Epoch = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() } };

        await WriteAsync(sink, Upsert(5, 1L, "five"), Upsert(5, 2L, "five"), Upsert(5, 3L, "five"), Upsert(1, 7L, "one"));
        await WriteAsync(sink, Upsert(4, 1L, "four"), Upsert(5, 2L, "five again"), Upsert(6, 3L, "six"), Delete(1, 8L, null));
        Assert.Equal(["1 | five", "2 | five again", "3 | six", "7 | one"], await QueryAsync("SELECT id, name FROM t ORDER BY id"));

        await WriteAsync(youngerSink, young);
        await WriteAsync(sink, Upsert(9, 1L, "old"), Delete(9, 7L, null), Delete(4, 2L, null), Delete(9, 1L, null));
        Assert.Equal(["1 | young", "2 | five again", "3 | six"], await QueryAsync("SELECT id, name FROM t ORDER BY id"));
        Assert.Equal([$"{table.StampOf(young)}"], await QueryAsync("SELECT v FROM t WHERE id = 1"));
    }

    [Fact]
    public async Task With_a_version_column_an_emptied_row_keeps_the_version_of_its_deletion()
    {
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(20), v BIGINT)");
        var table = Plain with { VersionColumn = "v", Deletes = DeleteStrategy.SetNull };
        var sink = await OpenAsync(table);

        await WriteAsync(sink, Upsert(1, 1L, "a"), Upsert(1, 2L, "b"), Upsert(9, 3L, "c"));
        await WriteAsync(sink, Delete(5, 1L, null), Delete(3, 2L, null), Delete(8, 3L, null));
        await WriteAsync(sink, Upsert(4, 1L, "late"), Upsert(4, 2L, "new"));

        Assert.Equal(["1 | NULL | 5", "2 | new | 4", "3 | c | 9"], await QueryAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    public async Task A_NULL_leaves_what_is_there_where_the_script_says_so()
    {
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(20), v BIGINT)");
        var plain = await OpenAsync(Plain with { IgnoresNull = true });
        await WriteAsync(plain, Upsert(1, 1L, "a"), Upsert(1, 2L, null));
        await WriteAsync(plain, Upsert(2, 1L, null), Upsert(2, 2L, "b"));
        Assert.Equal(["1 | a", "2 | b"], await QueryAsync("SELECT id, name FROM t ORDER BY id"));

        var versioned = await OpenAsync(Plain with { IgnoresNull = true, VersionColumn = "v" });
        await WriteAsync(versioned, Upsert(5, 1L, null), Upsert(5, 2L, "c"));
        await WriteAsync(versioned, Upsert(4, 1L, "old"));
        Assert.Equal(["1 | a | 5", "2 | c | 5"], await QueryAsync("SELECT * FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("TIMESTAMP(6)")]
    [InlineData("DATETIME(6)")]
    public async Task The_servers_time_zone_shifts_nothing(string type)
    {
        Assert.Equal(["+08:00"], await QueryAsync("SELECT @@time_zone"));
        await ExecuteAsync($"CREATE TABLE t (id BIGINT PRIMARY KEY, local {type} NULL, instant {type} NULL)");
        var sink = await OpenAsync(Table([new("id", SqlType.BigInt, false), new("local", SqlType.Timestamp(), false), new("instant", SqlType.TimestampLtz(), false)], 0));
        var time = new DateTime(2021, 12, 1, 19, 11, 0).AddTicks(1_234_560);

        await WriteAsync(sink, Upsert(1, 1L, time, new DateTimeOffset(time, TimeSpan.Zero)));

        await Server.ExecuteAsync(Database, "SET time_zone = '+00:00'; CREATE TABLE seen AS SELECT CAST(local AS CHAR) a, CAST(instant AS CHAR) b FROM t", Token);
        Assert.Equal(["2021-12-01 19:11:00.123456 | 2021-12-01 19:11:00.123456"], await QueryAsync("SELECT * FROM seen"));
    }

    [Fact]
    public async Task A_server_that_cuts_values_off_is_made_to_refuse_them()
    {
        Assert.Equal(["NULL"], await QueryAsync("SELECT NULLIF(@@sql_mode, '')"));
        await ExecuteAsync("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(3) NOT NULL)");
        var sink = await OpenAsync(Plain);

        var refused = await sink.WriteAsync([Upsert(1, 0L, "abc"), Upsert(1, 2L, "abcd"), Upsert(1, 3L, null), Upsert(1, 3_000_000_000L, "x")], Token);

        Assert.Equal([2L, 3L, 3_000_000_000L], refused.Select(r => r.Change.Values[0]));
        Assert.Equal(
            [
                "Data too long for column 'name' at row 1 (MySQL error 1406)", "Column 'name' cannot be null (MySQL error 1048)",
                "Out of range value for column 'id' at row 1 (MySQL error 1264)",
            ], refused.Select(r => r.Reason));
        Assert.Equal(["0 | abc"], await QueryAsync("SELECT * FROM t"));
    }

    [Fact]
    public async Task Of_a_thousand_rows_the_one_that_is_refused_is_alone()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);

        var refused = await sink.WriteAsync([.. Enumerable.Range(0, 1000).Select(i => Upsert(1, (long)i, i == 617 ? "much too long for such a column" : $"n{i}"))], Token);

        var one = Assert.Single(refused);
        Assert.Equal((617L, "Data too long for column 'name' at row 1 (MySQL error 1406)"), (one.Change.Values[0], one.Reason));
        Assert.Equal(["999"], await QueryAsync("SELECT COUNT(*) FROM t"));
    }

    [Theory]
    [InlineData("v TINYINT", 128L, 1264)]
    [InlineData("v DECIMAL(5, 2)", 1000.5, 1264)]
    [InlineData("v FLOAT", 1e300, 1264)]
    [InlineData("v DATE", "2021-02-30", 1292)]
    [InlineData("v TIMESTAMP NULL", "2039-01-01 00:00:00", 1292)]
    [InlineData("v INT", "abc", 1366)]
    [InlineData("v INT", "12abc", 1265)]
    [InlineData("v VARCHAR(9) CHARACTER SET latin1", "玩", 1366)]
    [InlineData("v ENUM('a')", "b", 1265)]
    [InlineData("v VARCHAR(9), CHECK (v <> 'bad')", "bad", 4025)]
    [InlineData("v JSON", "{", 4025)]
    [InlineData("v BIGINT, FOREIGN KEY (v) REFERENCES parent (id)", 5L, 1452)]
    [InlineData("v GEOMETRY", "x", 1416)]
    public async Task A_value_that_a_column_has_no_room_for_is_refused_and_the_rest_is_written(string column, object value, int code)
    {
        await ExecuteAsync("CREATE TABLE parent (id BIGINT PRIMARY KEY)");
        await ExecuteAsync($"CREATE TABLE t (id BIGINT PRIMARY KEY, {column})");
        var type = value switch { long => SqlType.BigInt, double => SqlType.Double, _ => SqlType.String };
        var sink = await OpenAsync(Table([new("id", SqlType.BigInt, true), new("v", type, false)], 0));

        var refused = await sink.WriteAsync([Upsert(1, 1L, null), Upsert(1, 2L, value), Upsert(1, 3L, null)], Token);

        Assert.EndsWith($"(MySQL error {code})", Assert.Single(refused).Reason, StringComparison.Ordinal);
        Assert.Equal(["1", "3"], await QueryAsync("SELECT id FROM t ORDER BY id"));
    }

    [Fact]
    public async Task What_a_trigger_or_a_second_unique_index_refuses_is_refused_for_good()
    {
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(20) UNIQUE)");
        await ExecuteAsync("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW IF NEW.name = 'bad' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not that one'; END IF");
        var sink = await OpenAsync(Plain);

        var refused = await sink.WriteAsync([Upsert(1, 1L, "good"), Upsert(1, 2L, "bad"), Upsert(1, 3L, "third")], Token);
        Assert.Equal(["not that one (MySQL error 1644)"], refused.Select(r => r.Reason));

        refused = await sink.WriteAsync([Upsert(2, 3L, "good")], Token);
        Assert.Equal(["Duplicate entry 'good' for key 'name' (MySQL error 1062)"], refused.Select(r => r.Reason));
        Assert.Equal(["1 | good", "3 | third"], await QueryAsync("SELECT * FROM t ORDER BY id"));
    }

    [Fact]
    public async Task A_decimal_with_more_digits_than_its_column_is_rounded_and_not_refused()
    {
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v DECIMAL(10, 2))");
        var sink = await OpenAsync(Table([new("id", SqlType.BigInt, true), new("v", SqlType.Decimal(38, 4), false)], 0));

        await WriteAsync(sink, Upsert(1, 1L, new Number(12345, 4)));

        Assert.Equal(["1.23"], await QueryAsync("SELECT CAST(v AS CHAR) FROM t"));
    }

    [Fact]
    public async Task Deletes_look_their_rows_up_in_the_index()
    {
        await ExecuteAsync("CREATE TABLE t (a DATE, b VARCHAR(20), c DECIMAL(38, 2), v BIGINT, PRIMARY KEY (a, b, c))");
        await ExecuteAsync("INSERT INTO t SELECT '2021-01-01' + INTERVAL seq DAY, seq, seq, 1 FROM seq_1_to_3000; ANALYZE TABLE t");
        var table = Table([new("a", SqlType.Date, true), new("b", SqlType.String, true), new("c", SqlType.Decimal(38, 2), true)], 0, 1, 2) with { VersionColumn = "v" };
        var rows = Enumerable.Range(1, 100).Select(i => Delete(1, new DateOnly(2021, 1, 1).AddDays(i), $"{i}", new Number(i))).ToList();
        var statement = new Connectors.Databases.MySql.MySqlStatements(table).Delete(rows)!;

        await using var connection = new MySqlConnection(Server.ConnectionString(Database));
        await connection.OpenAsync(Token);
        await using var command = new MySqlCommand("EXPLAIN " + statement.Text, connection);
        foreach (var value in statement.Values)
            command.Parameters.Add(new MySqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(Token);
        Assert.True(await reader.ReadAsync(Token));
        Assert.Equal(("range", "PRIMARY"), (reader.GetString("type"), reader.GetString("key")));
    }

    private static Number Digits(string unscaled, int scale) => new(BigInteger.Parse(unscaled, CultureInfo.InvariantCulture), scale);
}
