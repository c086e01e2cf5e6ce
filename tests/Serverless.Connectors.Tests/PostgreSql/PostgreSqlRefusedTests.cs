using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.PostgreSql;

public sealed class PostgreSqlRefusedTests(PostgreSqlFixture fixture) : PostgreSqlTest(fixture)
{
    [Fact]
    public async Task One_row_of_a_thousand_is_refused_alone_with_the_databases_words()
    {
        await CreatePlainAsync();
        var sink = await OpenAsync(Plain);
        var rows = Enumerable.Range(0, 1000).Select(i => Upsert(i == 437 ? "more than ten" : $"k{i}", (long)i)).ToList();

        var refused = Assert.Single(await sink.WriteAsync(rows, Token));

        Assert.Same(rows[437], refused.Change);
        Assert.Equal("value too long for type character varying(10) (SQLSTATE 22001)", refused.Reason);
        Assert.Equal(["999"], await QueryAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Each_of_many_bad_rows_is_found_with_its_own_reason()
    {
        await ExecuteAsync("CREATE TABLE t (k varchar(4) PRIMARY KEY, a smallint CHECK (a <> 13), b numeric(5, 2) NOT NULL, c text UNIQUE)");
        var table = Table(
            [new("k", SqlType.String, true), new("a", SqlType.SmallInt, false), new("b", SqlType.Decimal(10, 2), false), new("c", SqlType.String, false)], 0);
        var sink = await OpenAsync(table);
        var good = new Number(150, 2);
        RowChange[] bad =
        [
            Upsert("long key", 1L, good, "1"), Upsert("range", 40_000L, good, "2"), Upsert("b1", 13L, good, "3"), Upsert("b2", 1L, null, "4"),
            Upsert("b3", 1L, new Number(100_000, 2), "5"), Upsert("b4", 1L, good, "same"), Upsert("b5", 1L, good, "nul \0"), Upsert("b6", 1L, good, "half \ud800"),
        ];
        RowChange[] rows = [Upsert("same", 1L, good, "same"), .. Enumerable.Range(0, 100).Select(i => Upsert($"g{i}", (long)i + 20, good, null)), .. bad];

        var refused = await sink.WriteAsync(rows, Token);

        Assert.Equal(bad.Select(b => b.Key), refused.Select(r => r.Change.Key));
        Assert.Equal(["101"], await QueryAsync("SELECT count(*) FROM t"));
        string[] reasons =
        [
            "value too long for type character varying(4) (SQLSTATE 22001)",
            "value \"40000\" is out of range for type smallint (SQLSTATE 22003)",
            "new row for relation \"t\" violates check constraint \"t_a_check\" (SQLSTATE 23514)",
            "null value in column \"b\" of relation \"t\" violates not-null constraint (SQLSTATE 23502)",
            "numeric field overflow (SQLSTATE 22003)",
            "duplicate key value violates unique constraint \"t_c_key\": Key (c)=(same) already exists (SQLSTATE 23505)",
            "invalid byte sequence for encoding \"UTF8\": 0x00 (SQLSTATE 22021)",
        ];
        Assert.Equal(reasons, refused.Select(r => r.Reason).SkipLast(1));
        Assert.Contains("Unicode", refused[^1].Reason, StringComparison.Ordinal);
        await WriteAsync(sink, Upsert("last", 1L, good, null));
    }

    [Fact]
    public async Task Two_keys_that_are_one_in_the_database_are_a_fault_that_is_said_and_not_one_of_them_is_written()
    {
        await ExecuteAsync("CREATE TABLE t (k real PRIMARY KEY, n bigint)");
        var sink = await OpenAsync(Table([new("k", SqlType.Double, true), new("n", SqlType.BigInt, false)], 0));

        var e = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert(0.1, 1L), Upsert(0.10000000001, 2L)], Token));

        Assert.Contains("two keys of the query are one in the database, whose columns (k) hold less than the script's", e.Message, StringComparison.Ordinal);
        Assert.Equal(["0"], await QueryAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task U_0000_is_taken_out_of_text_where_the_script_says_so()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint)");
        var sink = await OpenAsync(Plain with { RemovesNul = true });

        await WriteAsync(sink, Upsert("a\0b\0", 1L), Upsert("\0", 2L));
        Assert.Equal([" | 2", "ab | 1"], await PlainAsync());
        await WriteAsync(sink, Delete("a\0b", null));
        Assert.Equal([" | 2"], await PlainAsync());
    }

    [Fact]
    public async Task Two_keys_that_are_one_without_their_U_0000_are_a_fault_that_is_said()
    {
        await ExecuteAsync("CREATE TABLE t (k text PRIMARY KEY, n bigint)");
        var sink = await OpenAsync(Plain with { RemovesNul = true });

        var e = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Upsert("a", 1L), Upsert("a\0", 2L), Upsert("b", 3L)], Token));

        Assert.Contains("two keys of the query are one in the database", e.Message, StringComparison.Ordinal);
        Assert.Empty(await PlainAsync());
    }

    [Fact]
    public async Task A_trigger_may_refuse_a_row()
    {
        await CreatePlainAsync();
        await ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.n = 13 THEN RAISE EXCEPTION 'no thirteen'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        var sink = await OpenAsync(Plain);

        var refused = Assert.Single(await sink.WriteAsync([.. Enumerable.Range(0, 20).Select(i => Upsert($"k{i}", (long)i))], Token));

        Assert.Equal(("k13", "no thirteen (SQLSTATE P0001)"), (refused.Change.Key, refused.Reason));
        Assert.Equal(["19"], await QueryAsync("SELECT count(*) FROM t"));
    }
}
