using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Readers;

/// <summary>What is true of every reader: whichever database a table is in, it shows the same.</summary>
public abstract class TableReaderTest
{
    private static readonly TableDefinition Consume = Tables.Make(
        [new("app", SqlType.String, true), new("dt", SqlType.Date, true), new("amount", SqlType.Decimal(10, 2), false), new("n", SqlType.BigInt, false)], [0, 1]);

    private static readonly object?[][] Rows =
    [
        ["a", new DateOnly(2021, 12, 1), Number.Parse("9.5"), 10L],
        ["b", new DateOnly(2021, 12, 1), Number.Parse("10"), 9L],
        ["a", new DateOnly(2021, 12, 2), null, null],
        ["c", new DateOnly(2021, 11, 30), Number.Parse("-1"), 9L],
    ];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes a table with rows, which a sink writes.</summary>
    protected abstract Task<ITableReader> TableAsync(TableDefinition table, IReadOnlyList<RowChange> rows);

    [Fact]
    public async Task Every_type_comes_back_as_the_same_text_and_is_found_by_it()
    {
        (SqlType Type, object Value, string Expected)[] cases =
        [
            (SqlType.Boolean, true, "true"),
            (SqlType.TinyInt, -128L, "-128"),
            (SqlType.Int, 2147483647L, "2147483647"),
            (SqlType.BigInt, long.MinValue, "-9223372036854775808"),
            (SqlType.Decimal(10, 2), new Number(139400, 4), "13.94"),
            (SqlType.Decimal(38, 18), Number.Parse("-12345678901234567890.123456789012345678"), "-12345678901234567890.123456789012345678"),
            (SqlType.Float, Number.Parse("33.8"), "33.8"),
            (SqlType.Float, Number.Parse("16777216"), "16777216"),
            (SqlType.Double, Number.Parse("0.1"), "0.1"),
            (SqlType.Double, Number.Parse("0.30000000000000004"), "0.30000000000000004"),
            (SqlType.Double, Number.Parse("139.4"), "139.4"),
            (SqlType.Double, Number.Parse("1.5e300"), "1.5E+300"),
            (SqlType.String, "it's 玩家 \\ \"x\" 😀", "it's 玩家 \\ \"x\" 😀"),
            (new SqlType(SqlKind.String, 20), "' OR 1 = 1; --", "' OR 1 = 1; --"),
            (SqlType.Bytes, new byte[] { 0, 1, 92, 255 }, "00015cff"),
            (SqlType.Date, new DateOnly(2021, 12, 1), "2021-12-01"),
            (SqlType.Time(), new TimeOnly(19, 11, 0), "19:11:00"),
            (SqlType.Time(3), new TimeOnly(23, 59, 59, 990), "23:59:59.990"),
            (SqlType.Timestamp(0), new DateTime(2021, 12, 1, 19, 11, 0), "2021-12-01 19:11:00"),
            (SqlType.Timestamp(), new DateTime(2021, 12, 1, 19, 11, 0, 500), "2021-12-01 19:11:00.500000"),
            (SqlType.TimestampLtz(), new DateTimeOffset(2021, 12, 1, 19, 11, 0, 500, TimeSpan.Zero), "2021-12-01 19:11:00.500000"),
        ];
        var table = Tables.Make([.. cases.Select((c, i) => new TableColumn($"c{i}", c.Type, false)).Prepend(new("id", SqlType.Int, true))], [0]);
        await using var reader = await TableAsync(
            table, [Upsert([1L, .. cases.Select(c => c.Value)]), Upsert([2L, .. cases.Select(_ => (object?)null)])]);

        var all = await reader.ReadAsync(new TableQuery { Limit = 10 }, Token);

        Assert.Equal<string?[]>([["1", .. cases.Select(c => c.Expected)], ["2", .. cases.Select(_ => (string?)null)]], all.Rows);
        for (var i = 0; i < cases.Length; i++)
        {
            var found = await reader.ReadAsync(new TableQuery { Filters = [(i + 1, cases[i].Expected)], Limit = 10 }, Token);
            Assert.True(found.Rows is [["1", ..]], $"{cases[i].Type} {cases[i].Expected}: {found.Rows.Count} rows found");
            Assert.Equal([cases[i].Expected], await reader.ValuesAsync(i + 1, 10, Token));
        }
    }

    [Theory]
    [InlineData(null, false, "a 2021-12-01, a 2021-12-02, b 2021-12-01, c 2021-11-30")]
    [InlineData(1, true, "a 2021-12-02, a 2021-12-01, b 2021-12-01, c 2021-11-30")]
    [InlineData(2, false, "c 2021-11-30, a 2021-12-01, b 2021-12-01, a 2021-12-02")] // -1, 9.5, 10, NULL
    [InlineData(2, true, "b 2021-12-01, a 2021-12-01, c 2021-11-30, a 2021-12-02")]
    [InlineData(3, false, "b 2021-12-01, c 2021-11-30, a 2021-12-01, a 2021-12-02")] // 9, 9, 10, NULL
    [InlineData(3, true, "a 2021-12-01, b 2021-12-01, c 2021-11-30, a 2021-12-02")]
    public async Task Rows_go_by_the_columns_values_then_by_the_key_with_NULL_last(int? column, bool descending, string expected)
    {
        await using var reader = await TableAsync(Consume, [.. Rows.Select(Upsert)]);

        var rows = await reader.ReadAsync(new TableQuery { OrderBy = column, Descending = descending, Limit = 10 }, Token);

        Assert.Equal(expected, string.Join(", ", rows.Rows.Select(r => $"{r[0]} {r[1]}")));
        Assert.False(rows.HasMore);
    }

    [Fact]
    public async Task Filters_hold_together_and_a_limit_tells_that_there_is_more()
    {
        await using var reader = await TableAsync(Consume, [.. Rows.Select(Upsert)]);

        var day = await reader.ReadAsync(new TableQuery { Filters = [(1, "2021-12-01")], Limit = 1 }, Token);
        var all = await reader.ReadAsync(new TableQuery { Filters = [(1, "2021-12-01")], Limit = 2 }, Token);
        var one = await reader.ReadAsync(new TableQuery { Filters = [(1, "2021-12-01"), (0, "b")], Limit = 2 }, Token);
        var none = await reader.ReadAsync(new TableQuery { Filters = [(0, "x' OR 'x' = 'x")], Limit = 2 }, Token);

        Assert.Equal(("a", true), (Assert.Single(day.Rows)[0], day.HasMore));
        Assert.Equal((2, false), (all.Rows.Count, all.HasMore));
        Assert.Equal("b 2021-12-01 10.00 9", string.Join(' ', Assert.Single(one.Rows)));
        Assert.Empty(none.Rows);
    }

    [Fact]
    public async Task Values_are_distinct_the_greatest_first_and_no_more_than_the_limit()
    {
        await using var reader = await TableAsync(Consume, [.. Rows.Select(Upsert)]);

        Assert.Equal(["2021-12-02", "2021-12-01", "2021-11-30"], await reader.ValuesAsync(1, 10, Token));
        Assert.Equal(["10.00", "9.50"], await reader.ValuesAsync(2, 2, Token));
        Assert.Equal(["10", "9"], await reader.ValuesAsync(3, 10, Token));
    }

    [Fact]
    public async Task Names_may_hold_anything_and_rows_are_read_while_others_are()
    {
        var table = Tables.Make([new("select", SqlType.String, true), new("a \"b\" `c` $1 ?", SqlType.Decimal(5, 1), false)], [0], name: "order by; --");
        await using var reader = await TableAsync(table, [Upsert("k", Number.Parse("1")), Upsert("l", Number.Parse("20"))]);

        var query = new TableQuery { Filters = [(1, "20.0")], OrderBy = 1, Descending = true, Limit = 5 };
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => reader.ReadAsync(query, Token)));

        Assert.All(answers, a => Assert.Equal("l 20.0", string.Join(' ', Assert.Single(a.Rows))));
    }

    protected static RowChange Upsert(params object?[] values) => new($"{values[0]} {values[1]}", default, false, values);
}
