using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Sqlite;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests;

public sealed class SqliteSinkTests : IDisposable
{
    private static readonly TableDefinition Consume = Tables.Make(
        [new("appkey", SqlType.String, false), new("amount", SqlType.Double, false), new("dt", SqlType.String, false)], [0, 2], name: "consume");

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "b 2")]
    [InlineData("ignoredelete = true", "a 1|b 2")]
    [InlineData("sink.delete-strategy = NON_PK_FIELD_TO_NULL", "a NULL|b 2")]
    [InlineData("ignoreNullWhenUpdate = true", "b 1")]
    public async Task What_decides_the_rows_is_honoured_as_in_the_database(string options, string expected)
    {
        var hologres = $"connector = hologres\nendpoint = h:1\ndbname = d\ntablename = t\nusername = u\npassword = p\n{options}";
        await using var file = new SqliteFile(_folder["results.db"]);
        var factory = new ConnectorFactory(_ => null, NullLoggerFactory.Instance) { EmbeddedSinks = file };
        await using var sink = factory.CreateSink(Tables.Make([new("k", SqlType.String, false), new("n", SqlType.BigInt, false)], [0], hologres, "t"));
        await sink.OpenAsync(Token);
        await sink.WriteAsync([Upsert("a", "a", 1L), Upsert("b", "b", 1L)], Token);
        await sink.WriteAsync([Delete("a", "a", null), Upsert("b", "b", options.StartsWith("ignoreNull", StringComparison.Ordinal) ? null : 2L)], Token);
        Assert.Equal(expected, string.Join("|", Rows(_folder["results.db"], "SELECT k || ' ' || coalesce(n, 'NULL') FROM t ORDER BY k")));
    }

    [Fact]
    public async Task Rows_are_upserted_and_deleted_by_key_and_are_there_when_the_file_is_opened_again()
    {
        await using (var file = new SqliteFile(_folder["new/results.db"]))
        {
            await using var sink = await Open(file, Consume);
            await sink.WriteAsync([Upsert("a", "a", 1.5, "d1"), Upsert("b", "b", 2.0, "d1"), Upsert("c", "a", 3.0, "d2")], Token);
            await sink.WriteAsync([Upsert("a", "a", 139.4, "d1"), Delete("b", "b", null, "d1"), Delete("x", "x", null, "d1")], Token);
        }
        await using (var file = new SqliteFile(_folder["new/results.db"]))
        {
            await using var sink = await Open(file, Consume);
            await sink.WriteAsync([Upsert("c", "a", 4.0, "d2")], Token);
        }
        Assert.Equal(["a|139.4|d1", "a|4.0|d2"], Rows(_folder["new/results.db"], "SELECT * FROM consume ORDER BY dt"));
    }

    [Fact]
    public async Task Every_type_is_kept_exactly_and_readably()
    {
        (SqlType Type, object? Value, string Expected)[] cases =
        [
            (SqlType.Boolean, true, "integer 1"),
            (SqlType.BigInt, long.MinValue, "integer -9223372036854775808"),
            (SqlType.Double, 0.1, "real 0.1"),
            (SqlType.Decimal(38, 2), new Number(139400, 4), "text 13.94"),
            (SqlType.Decimal(38, 4), new Number(-5, 1), "text -0.5000"),
            (SqlType.Decimal(38, 0), new Number(12, -3), "text 12000"),
            (SqlType.Decimal(38, 2), new Number(System.Numerics.BigInteger.Parse("12345678901234567890123456789012345678", System.Globalization.CultureInfo.InvariantCulture), 2), "text 123456789012345678901234567890123456.78"),
            (SqlType.String, "it's 玩家 \0 \"x\"", "text it's 玩家 \0 \"x\""),
            (SqlType.Bytes, new byte[] { 1, 255 }, "blob 01FF"),
            (SqlType.Date, new DateOnly(2021, 12, 1), "text 2021-12-01"),
            (SqlType.Time(), new TimeOnly(19, 11, 0), "text 19:11:00"),
            (SqlType.Timestamp(), new DateTime(2021, 12, 1, 19, 11, 0), "text 2021-12-01 19:11:00.000000"),
            (SqlType.Timestamp(0), new DateTime(2021, 12, 1, 19, 11, 0), "text 2021-12-01 19:11:00"),
            (SqlType.Timestamp(), new DateTime(2021, 12, 1, 19, 11, 0).AddTicks(50), "text 2021-12-01 19:11:00.000005"),
            (SqlType.Timestamp(9), new DateTime(2021, 12, 1, 19, 11, 0).AddTicks(5_000_001), "text 2021-12-01 19:11:00.5000001"),
            (SqlType.TimestampLtz(), new DateTimeOffset(2021, 12, 1, 19, 11, 0, 500, TimeSpan.Zero), "text 2021-12-01 19:11:00.500000"),
            (SqlType.BigInt, null, "null "),
        ];
        var table = Tables.Make([.. cases.Select((c, i) => new TableColumn($"c{i}", c.Type, false)).Prepend(new("id", SqlType.BigInt, true))], [0]);
        await using var file = new SqliteFile(_folder["types.db"]);
        await using var sink = await Open(file, table);

        await sink.WriteAsync([new RowChange("1", default, false, [.. cases.Select(c => c.Value).Prepend(1L)])], Token);

        for (var i = 0; i < cases.Length; i++)
            Assert.Equal(cases[i].Expected, Rows(_folder["types.db"], $"SELECT typeof(c{i}) || ' ' || IIF(typeof(c{i}) = 'blob', hex(c{i}), IFNULL(c{i}, '')) FROM t").Single());
    }

    [Fact]
    public async Task Without_a_primary_key_a_column_of_its_own_holds_the_rows_key()
    {
        var table = Tables.Make([new("n", SqlType.BigInt, false)], []);
        await using var file = new SqliteFile(_folder["a.db"]);
        await using var sink = await Open(file, table);

        await sink.WriteAsync([Upsert("a", 1L), Upsert("b", 1L), Upsert("c", 2L)], Token);
        await sink.WriteAsync([Upsert("a", 5L), Delete("c", [null])], Token);

        Assert.Equal(["5|a", "1|b"], Rows(_folder["a.db"], "SELECT * FROM t ORDER BY __key"));
    }

    [Fact]
    public async Task Names_may_hold_anything()
    {
        var table = Tables.Make([new("select", SqlType.String, false), new("a \"b\"", SqlType.BigInt, false)], [0], name: "order by; --");
        await using var file = new SqliteFile(_folder["a.db"]);
        await using var sink = await Open(file, table);

        await sink.WriteAsync([Upsert("k", "k", 1L)], Token);

        Assert.Equal(["k|1"], Rows(_folder["a.db"], "SELECT * FROM \"order by; --\""));
    }

    [Fact]
    public async Task A_table_of_key_columns_alone_can_be_written()
    {
        var table = Tables.Make([new("a", SqlType.String, false)], [0]);
        await using var file = new SqliteFile(_folder["a.db"]);
        await using var sink = await Open(file, table);

        await sink.WriteAsync([Upsert("x", "x")], Token);
        await sink.WriteAsync([Upsert("x", "x")], Token);

        Assert.Equal(["x"], Rows(_folder["a.db"], "SELECT * FROM t"));
    }

    [Fact]
    public async Task A_table_that_differs_from_the_script_is_an_error_with_the_remedy()
    {
        await using var file = new SqliteFile(_folder["a.db"]);
        await using var sink = await Open(file, Consume);
        await using var other = new SqliteSink(file, Tables.Make([new("appkey", SqlType.String, false), new("amount", SqlType.Decimal(10, 2), false), new("dt", SqlType.String, false)], [0], name: "consume"));

        var error = await Assert.ThrowsAsync<ConnectorException>(() => other.OpenAsync(Token));

        Assert.EndsWith(
            "has columns (appkey TEXT, amount REAL, dt TEXT, PRIMARY KEY (appkey, dt)), the script says (appkey TEXT, amount TEXT, dt TEXT, PRIMARY KEY (appkey)): "
            + "drop the table, delete the file, or give the table another name in the script",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_the_table_refuses_is_named_and_the_others_are_written()
    {
        await using var file = new SqliteFile(_folder["a.db"]);
        await using var sink = await Open(file, Consume);

        var refused = await sink.WriteAsync([Upsert("a", "a", 1.0, "d"), Upsert("b", null, 1.0, "d"), Upsert("c", "c", 1.0, "d")], Token);

        Assert.Equal("b", Assert.Single(refused).Change.Key);
        Assert.Equal(["a|1.0|d", "c|1.0|d"], Rows(_folder["a.db"], "SELECT * FROM consume ORDER BY appkey"));
    }

    [Fact]
    public async Task What_is_no_SQLite_file_is_an_error()
    {
        await File.WriteAllTextAsync(_folder["a.db"], new string('x', 5000), Token);
        await using var file = new SqliteFile(_folder["a.db"]);

        await Assert.ThrowsAsync<ConnectorException>(() => Open(file, Consume));
    }

    [Fact]
    public async Task A_table_that_somebody_drops_is_an_error_in_words()
    {
        await using var file = new SqliteFile(_folder["a.db"]);
        await using var sink = await Open(file, Consume);
        await file.UseAsync(c => { SqliteFile.Execute(c, "DROP TABLE consume"); return true; }, Token);

        var error = await Assert.ThrowsAsync<ConnectorException>(() => sink.WriteAsync([Upsert("a", "a", 1.0, "d")], Token));

        Assert.Contains("no such table: consume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_writers_and_a_reader_share_one_file()
    {
        await using var file = new SqliteFile(_folder["a.db"]);
        // Another process's writer, as far as SQLite can tell.
        await using var second = new SqliteFile(_folder["a.db"]);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => Task.Run(async () =>
        {
            await using var sink = await Open(n < 5 ? file : second, Tables.Make([new("k", SqlType.BigInt, false), new("v", SqlType.BigInt, false)], [0], name: $"t{n}"));
            for (var i = 0; i < 20; i++)
            {
                await sink.WriteAsync([.. Enumerable.Range(0, 50).Select(k => Upsert($"{k}", (long)k, (long)i))], Token);
                _ = Rows(_folder["a.db"], $"SELECT COUNT(*) FROM t{n}");
            }
        }, Token)));

        for (var n = 0; n < 6; n++)
            Assert.Equal(["50|950"], Rows(_folder["a.db"], $"SELECT COUNT(*), SUM(v) FROM t{n}"));
    }

    internal static string[] Rows(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                double value when double.IsInteger(value) => value.ToString("F1", System.Globalization.CultureInfo.InvariantCulture),
                var value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
            })));
        return [.. rows];
    }

    private static async Task<SqliteSink> Open(SqliteFile file, TableDefinition table)
    {
        var sink = new SqliteSink(file, table);
        await sink.OpenAsync(Token);
        return sink;
    }

    private static RowChange Upsert(string key, params object?[] values) => new(key, default, false, values);

    private static RowChange Delete(string key, params object?[] values) => new(key, default, true, values);
}
