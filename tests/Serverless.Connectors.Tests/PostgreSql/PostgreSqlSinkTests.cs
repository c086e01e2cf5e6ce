using System.Globalization;
using System.Numerics;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.PostgreSql;

public sealed class PostgreSqlSinkTests(PostgreSqlFixture fixture) : PostgreSqlTest(fixture)
{
    private static readonly SinkTable TwoKeys = Table(
        [new("a", SqlType.String, true), new("x", SqlType.BigInt, false), new("b", SqlType.Date, true), new("y", SqlType.String, false)], 2, 0);

    [Fact]
    public async Task Rows_are_upserted_and_deleted_by_key()
    {
        await ExecuteAsync("CREATE TABLE t (a text, b date, x bigint, y text, PRIMARY KEY (a, b))");
        var sink = await OpenAsync(TwoKeys);
        var (first, second) = (new DateOnly(2021, 12, 1), new DateOnly(2021, 12, 2));

        await WriteAsync(sink, Upsert("a", 1L, first, "one"), Upsert("b", 2L, first, "two"), Upsert("a", 3L, second, null), Upsert("b", 4L, second, ""));
        await WriteAsync(sink, Upsert("a", 10L, first, null), Delete("b", null, first, null), Delete("a", null, second, null), Delete("absent", null, first, null));

        Assert.Equal(["a | 2021-12-01 | 10 | NULL", "b | 2021-12-02 | 4 | "], await QueryAsync("SELECT a, b, x, y FROM t ORDER BY a"));
    }

    [Fact]
    public async Task Writing_the_same_again_changes_nothing_and_no_rows_are_fine()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        RowChange[] changes = [Upsert("a", 1L), Upsert("b", 2L), Delete("c", null)];

        await WriteAsync(sink, changes);
        await WriteAsync(sink, changes);
        await WriteAsync(sink);

        Assert.Equal(["a | 1", "b | 2"], await PlainAsync());
    }

    [Fact]
    public async Task A_table_of_key_columns_alone_can_be_written()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY)");
        foreach (var deletes in Enum.GetValues<DeleteStrategy>())
        {
            var sink = await OpenAsync(Table([new("k", SqlType.String, true)], 0) with { Deletes = deletes });
            await WriteAsync(sink, Upsert("x"), Upsert("y"));
            await WriteAsync(sink, Upsert("x"), Delete("y"));
        }

        Assert.Equal(["x", "y"], await QueryAsync("SELECT k FROM t ORDER BY k"));
    }

    [Theory]
    [InlineData(DeleteStrategy.Delete, "a | 1", null)]
    [InlineData(DeleteStrategy.Ignore, "a | 1", "b | 2")]
    [InlineData(DeleteStrategy.SetNull, "a | 1", "b | NULL")]
    public async Task A_deleted_row_goes_stays_or_keeps_its_key_as_the_script_says(object deletes, params string?[] rows)
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain with { Deletes = (DeleteStrategy)deletes });

        await WriteAsync(sink, Upsert("a", 1L), Upsert("b", 2L));
        await WriteAsync(sink, Delete("b", null), Delete("never was", null));

        Assert.Equal(rows.Where(r => r is not null), await PlainAsync());
    }

    [Fact]
    public async Task Every_type_arrives_as_it_is_to_the_last_digit()
    {
        (SqlType Type, string Column, object? Value, string Expected)[] cases =
        [
            (SqlType.Boolean, "boolean", true, "t"),
            (SqlType.Boolean, "boolean", false, "f"),
            (SqlType.TinyInt, "smallint", -128L, "-128"),
            (SqlType.SmallInt, "smallint", -32768L, "-32768"),
            (SqlType.Int, "integer", 2147483647L, "2147483647"),
            (SqlType.BigInt, "bigint", long.MinValue, "-9223372036854775808"),
            (SqlType.BigInt, "bigint", long.MaxValue, "9223372036854775807"),
            (SqlType.Decimal(10, 2), "numeric(10, 2)", new Number(139400, 4), "13.94"),
            (SqlType.Decimal(10, 2), "numeric(10, 2)", new Number(-5, 1), "-0.50"),
            (SqlType.Decimal(38, 0), "numeric(38, 0)", new Number(12, -36), "12" + new string('0', 36)),
            (SqlType.Decimal(38, 18), "numeric(38, 18)", Decimal("-12345678901234567890.123456789012345678"), "-12345678901234567890.123456789012345678"),
            (SqlType.Decimal(38, 38), "numeric(38, 38)", Decimal("0." + new string('9', 38)), "0." + new string('9', 38)),
            (SqlType.Float, "real", (double)0.1f, "0.1"),
            (SqlType.Float, "real", -3.4028235e38, "-3.4028235e+38"),
            (SqlType.Double, "double precision", 0.1, "0.1"),
            (SqlType.Double, "double precision", double.MaxValue, "1.7976931348623157e+308"),
            (SqlType.Double, "double precision", 5e-324, "5e-324"),
            (SqlType.Double, "double precision", 139.4, "139.4"),
            (SqlType.String, "text", "it's 玩家 \\ \"x\" {a,b} \r\n\t 😀", "it's 玩家 \\ \"x\" {a,b} \r\n\t 😀"),
            (SqlType.String, "text", "", ""),
            (SqlType.String, "text", " ", " "),
            (SqlType.String, "varchar(4)", "NULL", "NULL"),
            (new SqlType(SqlKind.String, 3), "varchar(3)", "玩家x", "玩家x"),
            (SqlType.Bytes, "bytea", new byte[] { 0, 1, 92, 255 }, "\\x00015cff"),
            (SqlType.Bytes, "bytea", Array.Empty<byte>(), "\\x"),
            (SqlType.Date, "date", DateOnly.MinValue, "0001-01-01"),
            (SqlType.Date, "date", DateOnly.MaxValue, "9999-12-31"),
            (SqlType.Date, "date", new DateOnly(1582, 10, 10), "1582-10-10"),
            (SqlType.Time(), "time", new TimeOnly(0, 0), "00:00:00"),
            (SqlType.Time(3), "time", new TimeOnly(23, 59, 59, 999), "23:59:59.999"),
            (SqlType.Timestamp(), "timestamp", DateTime.MinValue, "0001-01-01 00:00:00"),
            (SqlType.Timestamp(9), "timestamp", DateTime.MaxValue, "9999-12-31 23:59:59.999999"),
            (SqlType.Timestamp(3), "timestamp", new DateTime(2021, 12, 1, 19, 11, 0).AddTicks(1239999), "2021-12-01 19:11:00.123"),
            (SqlType.TimestampLtz(), "timestamptz", new DateTimeOffset(1969, 7, 20, 20, 17, 40, TimeSpan.Zero).AddTicks(10), "1969-07-20 20:17:40.000001+00"),
            (SqlType.TimestampLtz(), "timestamptz", DateTimeOffset.MinValue, "0001-01-01 00:00:00+00"),
        ];
        var table = Table([.. cases.Select((c, i) => new TableColumn($"c{i}", c.Type, false)).Prepend(new("id", SqlType.BigInt, true))], 0);
        await ExecuteAsync($"CREATE TABLE t (id bigint PRIMARY KEY, {string.Join(", ", cases.Select((c, i) => $"c{i} {c.Column}"))})");
        var sink = await OpenAsync(table);

        await WriteAsync(
            sink, Upsert([0L, .. cases.Select(_ => (object?)null)]), Upsert([1L, .. cases.Select(c => c.Value)]), Upsert([2L, .. cases.Select(c => c.Value)]));

        await Server.ExecuteAsync(Database, $"ALTER DATABASE \"{Database}\" SET timezone = 'UTC'", Token);
        for (var i = 0; i < cases.Length; i++)
            Assert.Equal(["NULL", cases[i].Expected, cases[i].Expected], await QueryAsync($"SELECT c{i} FROM t ORDER BY id"));
    }

    [Fact]
    public async Task Every_type_may_be_a_key()
    {
        (SqlType Type, string Column, object Value)[] cases =
        [
            (SqlType.Boolean, "boolean", true), (SqlType.SmallInt, "smallint", 7L), (SqlType.Int, "integer", 7L), (SqlType.BigInt, "bigint", 7L),
            (SqlType.Decimal(10, 2), "numeric(10, 2)", Decimal("1.50")), (SqlType.Double, "double precision", 0.1), (SqlType.String, "varchar(10)", "a "),
            (SqlType.Bytes, "bytea", new byte[] { 1, 2 }), (SqlType.Date, "date", new DateOnly(2021, 12, 1)), (SqlType.Time(), "time", new TimeOnly(1, 2, 3)),
            (SqlType.Timestamp(), "timestamp", new DateTime(2021, 12, 1, 1, 2, 3)), (SqlType.TimestampLtz(), "timestamptz", new DateTimeOffset(2021, 12, 1, 1, 2, 3, TimeSpan.Zero)),
        ];
        await ExecuteAsync($"CREATE TABLE t ({string.Join(", ", cases.Select((c, i) => $"c{i} {c.Column}"))}, PRIMARY KEY ({string.Join(", ", cases.Select((_, i) => $"c{i}"))}))");
        var sink = await OpenAsync(Table([.. cases.Select((c, i) => new TableColumn($"c{i}", c.Type, true))], [.. Enumerable.Range(0, cases.Length)]));
        object?[] other = [.. cases.Select(c => c.Value)];
        other[6] = "a";

        await WriteAsync(sink, Upsert([.. cases.Select(c => c.Value)]), Upsert(other));
        Assert.Equal(["2"], await QueryAsync("SELECT count(*) FROM t"));
        await WriteAsync(sink, Delete(other));
        Assert.Equal(["a "], await QueryAsync("SELECT c6 FROM t"));
    }

    [Fact]
    public async Task Names_may_hold_anything()
    {
        await ExecuteAsync(
            """"
            CREATE SCHEMA "My ""schema"". x";
            CREATE TABLE "My ""schema"". x"."Order ""x""; drop" ("select" text, "Größe ""1""" bigint, "B'$1; --" text, "Version" bigint, PRIMARY KEY ("select"));
            """");
        var table = new SinkTable(
            Tables.Make([new("select", SqlType.String, true), new("Größe \"1\"", SqlType.BigInt, false), new("B'$1; --", SqlType.String, false)], [0]),
            "My \"schema\". x", "Order \"x\"; drop") { MaxRows = 100, VersionColumn = "Version" };
        var sink = await OpenAsync(table);

        await WriteAsync(sink, Upsert("k", 1L, "'; DROP TABLE t; --"), Upsert("gone", 2L, "x"));
        await WriteAsync(sink, DeleteAt(3, "gone", null, null));

        var rows = await QueryAsync("SELECT \"select\", \"Größe \"\"1\"\"\", \"B'$1; --\" FROM \"My \"\"schema\"\". x\".\"Order \"\"x\"\"; drop\"");
        Assert.Equal(["k | 1 | '; DROP TABLE t; --"], rows);
    }

    [Fact]
    public async Task An_older_row_never_overwrites_or_deletes_a_newer_one_where_there_is_a_version_column()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint, v bigint); INSERT INTO t VALUES ('old', 0, NULL)");
        var sink = await OpenAsync(Plain with { VersionColumn = "v" });

        await WriteAsync(sink, UpsertAt(5, "a", 5L), UpsertAt(5, "b", 5L), UpsertAt(1, "old", 1L));
        await WriteAsync(sink, UpsertAt(4, "a", 4L), DeleteAt(4, "b", null));
        Assert.Equal(["a | 5", "b | 5", "old | 1"], await PlainAsync());
        await WriteAsync(sink, UpsertAt(5, "a", 55L), DeleteAt(6, "b", null));
        Assert.Equal(["a | 55", "old | 1"], await PlainAsync());
    }

    [Fact]
    public async Task Of_two_states_the_younger_ones_rows_win_however_many_events_they_are_made_of()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint, v bigint)");
        var born = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        var (former, present) = (await OpenAsync(Plain with { VersionColumn = "v" }), await OpenAsync(Plain with { VersionColumn = "v" }));

        await WriteAsync(former, Of(born, UpsertAt(1_000_000, "a", 1L)), Of(born, UpsertAt(1_000_000, "b", 1L)));
        await WriteAsync(present, Of(born.AddSeconds(20), UpsertAt(1, "a", 2L)), Of(born.AddSeconds(20), DeleteAt(1, "b", null)));
        await WriteAsync(former, Of(born, UpsertAt(long.MaxValue, "a", 3L)));

        Assert.Equal(["a | 2"], await PlainAsync());

        static RowChange Of(DateTimeOffset epoch, RowChange change) => change with { Version = change.Version with { Epoch = epoch.ToUnixTimeMilliseconds() } };
    }

    [Fact]
    public async Task A_row_made_NULL_keeps_its_stamp()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint, v bigint)");
        var sink = await OpenAsync(Plain with { VersionColumn = "v", Deletes = DeleteStrategy.SetNull });

        await WriteAsync(sink, UpsertAt(5, "a", 5L), UpsertAt(5, "b", 5L));
        await WriteAsync(sink, DeleteAt(6, "a", null), DeleteAt(4, "b", null));
        await WriteAsync(sink, UpsertAt(5, "a", 5L));

        Assert.Equal(["a | NULL", "b | 5"], await PlainAsync());
    }

    [Theory]
    [InlineData(">", null, "4 5 6 NULL", "5 5 6 NULL")]
    [InlineData(">=", null, "4 5 6 NULL", "5 5 6 NULL")]
    [InlineData("=", null, "4 5 6 NULL", "4 5 6 NULL")]
    [InlineData("<>", null, "4 5 6 NULL", "5 5 5 NULL")]
    [InlineData("<", null, "4 5 6 NULL", "4 5 5 NULL")]
    [InlineData("<=", null, "4 5 6 NULL", "4 5 5 NULL")]
    [InlineData("IS NULL", null, "4 5 6 NULL", "4 5 6 5")]
    [InlineData("IS NOT NULL", null, "4 5 6 NULL", "5 5 5 NULL")]
    [InlineData(">", "4", "4 5 6 NULL", "5 5 6 5")]
    [InlineData(">", "6", "4 5 6 NULL", "5 5 6 NULL")]
    public async Task A_row_is_overwritten_where_its_column_compares_so(string operation, string? nullAs, string before, string after)
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint)");
        var plain = await OpenAsync(Plain);
        await WriteAsync(plain, [.. before.Split(' ').Select((n, i) => Upsert($"k{i}", n == "NULL" ? null : long.Parse(n, CultureInfo.InvariantCulture)))]);
        var sink = await OpenAsync(Plain with { CheckAndPut = new CheckAndPut(1, operation, nullAs) });

        await WriteAsync(sink, [.. Enumerable.Range(0, 4).Select(i => Upsert($"k{i}", 5L)), Upsert("new", 1L)]);

        Assert.Equal((string[])[.. after.Split(' '), "1"], await QueryAsync("SELECT n FROM t ORDER BY k"));
    }

    [Fact]
    public async Task A_row_must_pass_both_its_column_and_its_stamp()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint, v bigint)");
        var sink = await OpenAsync(Plain with { VersionColumn = "v", CheckAndPut = new CheckAndPut(1, ">", "0") });

        await WriteAsync(sink, UpsertAt(5, "a", 5L), UpsertAt(5, "b", 5L), UpsertAt(5, "c", 5L));
        await WriteAsync(sink, UpsertAt(6, "a", 4L), UpsertAt(4, "b", 6L), UpsertAt(6, "c", 6L));

        Assert.Equal(["a | 5", "b | 5", "c | 6"], await PlainAsync());
    }

    [Fact]
    public async Task A_NULL_leaves_what_is_there_where_the_script_says_so()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint)");
        var sink = await OpenAsync(Plain with { IgnoresNull = true });

        await WriteAsync(sink, Upsert("a", 1L), Upsert("b", null));
        await WriteAsync(sink, Upsert("a", null), Upsert("b", 2L));

        Assert.Equal(["a | 1", "b | 2"], await PlainAsync());
    }

    [Fact]
    public async Task Columns_that_the_script_does_not_name_are_left_alone()
    {
        await ExecuteAsync("CREATE TABLE t (other text DEFAULT 'x', n bigint, k text PRIMARY KEY)");
        var sink = await OpenAsync(Plain);

        await WriteAsync(sink, Upsert("a", 1L));
        await ExecuteAsync("UPDATE t SET other = 'y'");
        await WriteAsync(sink, Upsert("a", 2L), Upsert("b", 1L));

        Assert.Equal(["a | 2 | y", "b | 1 | x"], await QueryAsync("SELECT k, n, other FROM t ORDER BY k"));
    }

    private static Number Decimal(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return new Number(BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), text.Length - point - 1);
    }
}
