using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Lookup;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Lookup;

/// <summary>What is true of every lookup, and of reading a table as a whole: whichever database it is in, the same is found.</summary>
public abstract class TableLookupTest
{
    private static readonly TableDefinition Customers = Tables.Make(
        [new("id", SqlType.BigInt, true), new("name", SqlType.String, false), new("since", SqlType.Date, false)], [], name: "customers");

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract DatabaseTarget Target(TableDefinition table);

    private protected abstract Task ExecuteAsync(string sql);

    [Fact]
    public async Task Rows_are_found_by_key_one_none_or_several()
    {
        await CreateAsync("INSERT INTO customers VALUES (7, 'Ann', '2021-12-01'), (8, 'Bea', NULL), (8, 'Bob', '2021-12-02')");
        await using var lookup = await OpenAsync(Customers, [0], [1, 2]);

        var found = await lookup.FindAsync([Key(7L), Key(8L), Key(9L), Key(long.MaxValue)], Token);

        Assert.Equal(["Ann 2021-12-01", "Bea NULL; Bob 2021-12-02", "", ""], found.Select(Text));
    }

    [Fact]
    public async Task Keys_of_several_columns_are_found_and_texts_that_only_the_database_takes_for_equal_are_not()
    {
        await CreateAsync("INSERT INTO customers VALUES (7, 'Ann', '2021-12-01'), (7, 'ann', '2021-12-02'), (8, 'Ann', '2021-12-03')");
        await using var lookup = await OpenAsync(Customers, [0, 1], [2]);
        await using var byName = await OpenAsync(Customers, [1], [0]);

        Assert.Equal(["2021-12-01", "2021-12-02", ""], (await lookup.FindAsync([Key(7L, "Ann"), Key(7L, "ann"), Key(9L, "Ann")], Token)).Select(Text));
        Assert.Equal(["7; 8", "7", ""], (await byName.FindAsync([Key("Ann"), Key("ann"), Key("x') OR ('x' = 'x")], Token)).Select(Text));
    }

    [Fact]
    public async Task More_keys_than_a_question_takes_are_all_found()
    {
        await CreateAsync("INSERT INTO customers VALUES " + string.Join(", ", Enumerable.Range(0, 2500).Select(i => $"({i}, 'n{i}', NULL)")));
        await using var lookup = await OpenAsync(Customers, [0], [1]);

        var found = await lookup.FindAsync([.. Enumerable.Range(0, 2600).Select(i => Key((long)i))], Token);

        Assert.Equal(Enumerable.Range(0, 2600).Select(i => i < 2500 ? $"n{i}" : ""), found.Select(Text));
    }

    [Fact]
    public async Task A_cache_answers_until_it_is_over_and_without_one_the_database_is_asked_each_time()
    {
        await CreateAsync("INSERT INTO customers VALUES (7, 'Ann', NULL)");
        var clock = new ManualClock();
        await using var cached = await OpenAsync(Customers, [0], [1], new LookupCache(new LookupCacheSettings(10, TimeSpan.FromMinutes(1), null, true), clock));
        await using var fresh = await OpenAsync(Customers, [0], [1]);
        async Task<(string, string)> BothAsync() => (Text((await cached.FindAsync([Key(7L)], Token))[0]), Text((await fresh.FindAsync([Key(7L)], Token))[0]));

        Assert.Equal(("Ann", "Ann"), await BothAsync());
        await ExecuteAsync("UPDATE customers SET name = 'Eve'");
        Assert.Equal(("Ann", "Eve"), await BothAsync());
        clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(("Eve", "Eve"), await BothAsync());
    }

    [Fact]
    public async Task Every_type_is_read_as_the_scripts_value_and_found_by_it()
    {
        (SqlType Type, object Value)[] cases =
        [
            (SqlType.Boolean, true),
            (SqlType.Int, -2147483648L),
            (SqlType.BigInt, long.MaxValue),
            (SqlType.Decimal(10, 2), Number.Parse("13.94")),
            (SqlType.Decimal(38, 18), Number.Parse("-12345678901234567890.123456789012345678")),
            (SqlType.Double, Number.Parse("0.30000000000000004")),
            (SqlType.String, "it's 玩家 \\ \"x\" 😀"),
            (SqlType.Bytes, new byte[] { 0, 1, 92, 255 }),
            (SqlType.Date, new DateOnly(2021, 12, 1)),
            (SqlType.Time(), new TimeOnly(19, 11, 0)),
            (SqlType.Timestamp(), new DateTime(2021, 12, 1, 19, 11, 0, 500)),
            (SqlType.TimestampLtz(), new DateTimeOffset(2021, 12, 1, 19, 11, 0, 500, TimeSpan.Zero)),
        ];
        var table = Tables.Make([.. cases.Select((c, i) => new TableColumn($"c{i}", c.Type, false)).Prepend(new("id", SqlType.Int, true))], [0]);
        var target = Target(table);
        await ExecuteAsync(target.Dialect.CreateTable(target.Table));
        await using (var sink = target.CreateSink(NullLogger.Instance))
        {
            await sink.OpenAsync(Token);
            Assert.Empty(await sink.WriteAsync([new RowChange("1", default, false, [1L, .. cases.Select(c => c.Value)])], Token));
        }

        await using var all = await OpenAsync(table, [0], [.. Enumerable.Range(1, cases.Length)]);
        var row = Assert.Single((await all.FindAsync([Key(1L)], Token))[0].Rows);
        Assert.Equal(cases.Select(c => c.Value), row);
        for (var i = 0; i < cases.Length; i++)
        {
            await using var lookup = await OpenAsync(table, [i + 1], [0]);
            Assert.True((await lookup.FindAsync([Key(cases[i].Value)], Token))[0].Rows is [[1L]], $"{cases[i].Type} {cases[i].Value} is not found");
        }
    }

    [Fact]
    public async Task A_value_that_is_none_of_the_scripts_type_fails_its_key_and_no_other()
    {
        await CreateAsync("INSERT INTO customers VALUES (7, '12', NULL), (8, 'Bob', NULL)");
        var table = Customers with { Columns = [Customers.Columns[0], new("name", SqlType.Int, false)] };
        await using var lookup = await OpenAsync(table, [0], [1]);

        var found = await lookup.FindAsync([Key(7L), Key(8L)], Token);

        Assert.Equal("12", Text(found[0]));
        Assert.Matches("^column 'name' of table 'customers' at .*: 'Bob' is no INT$", found[1].Failure!);
    }

    [Fact]
    public async Task A_table_or_a_column_that_is_not_there_or_of_another_kind_is_an_error_at_the_start()
    {
        var missing = await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync(Customers, [0], [1]));
        Assert.Contains("there is no table 'customers' in the database", missing.Message, StringComparison.Ordinal);
        await CreateAsync("SELECT 1");
        var table = Customers with { Columns = [new("id", SqlType.Date, false), new("nam", SqlType.String, false), new("other", SqlType.String, false)] };

        var wrong = await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync(table, [0], [1]));

        Assert.Contains("in the database, which cannot be read as DATE: change its type in the script", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("table 'customers' has no column 'nam'; did you mean 'name'?", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'other'", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_is_read_once_in_the_order_of_its_key_and_not_again_when_the_job_goes_on()
    {
        await CreateAsync("INSERT INTO customers VALUES (8, 'Bea', NULL), (7, 'Ann', '2021-12-01'), (9, 'Cy', '2021-12-02')");
        var table = Customers with { PrimaryKey = [0] };
        var positions = new Position();
        await using (var source = Target(table).CreateSource(positions, NullLogger.Instance))
        {
            await source.OpenAsync(Token);
            var first = await source.ReadAsync(2, TimeSpan.Zero, Token);
            await source.CommitAsync(Token);
            Assert.Null(positions.Value);
            Assert.Equal(1, Assert.Single((await source.LagAsync(Token))!).Lag);
            var rest = await source.ReadAsync(100, TimeSpan.Zero, Token);
            await source.CommitAsync(Token);

            Assert.Equal(
                ["""0 {"id":7,"name":"Ann","since":"2021-12-01"}""", """1 {"id":8,"name":"Bea","since":null}""", """2 {"id":9,"name":"Cy","since":"2021-12-02"}"""],
                first.Concat(rest).Select(r => $"{r.Offset} {System.Text.Encoding.UTF8.GetString(r.Value!)}"));
            Assert.Equal(3, positions.Value);
        }

        await using var later = Target(table).CreateSource(positions, NullLogger.Instance);
        await later.OpenAsync(Token);
        Assert.Empty(await later.ReadAsync(100, TimeSpan.Zero, Token));
        Assert.Equal(0, Assert.Single((await later.LagAsync(Token))!).Lag);
    }

    [Fact]
    public async Task A_table_that_is_not_there_cannot_be_read()
    {
        await using var source = Target(Customers).CreateSource(null, NullLogger.Instance);
        await source.OpenAsync(Token);
        var missing = await Assert.ThrowsAsync<ConnectorException>(() => source.ReadAsync(1, TimeSpan.Zero, Token));
        Assert.Contains("there is no table 'customers' in the database", missing.Message, StringComparison.Ordinal);
    }

    private sealed class Position : IPositionStore
    {
        public long? Value { get; private set; }

        public Task<long?> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(Value);

        public Task SaveAsync(long position, CancellationToken cancellationToken)
        {
            Value = position;
            return Task.CompletedTask;
        }
    }

    private protected static LookupKey Key(params object[] values) => new(values);

    private protected static string Text(LookupRows found) => string.Join("; ", found.Rows
        .Select(r => string.Join(' ', r.Select(v => v is DateOnly date ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : v?.ToString() ?? "NULL"))).Order(StringComparer.Ordinal));

    private protected async Task<ITableLookup> OpenAsync(TableDefinition table, int[] keys, int[] columns, LookupCache? cache = null)
    {
        var lookup = Target(table).CreateLookup(new DataflowLookup(table, [.. keys], [.. columns]), cache, NullLogger.Instance);
        try
        {
            await lookup.OpenAsync(Token);
            return lookup;
        }
        catch
        {
            await lookup.DisposeAsync();
            throw;
        }
    }

    private async Task CreateAsync(string rows)
    {
        await ExecuteAsync("CREATE TABLE customers (id BIGINT, name VARCHAR(20), since DATE)");
        await ExecuteAsync(rows);
    }
}
