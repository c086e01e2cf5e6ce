using System.Text.Json;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests;

public sealed class DatagenSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_keep_to_the_options_and_each_is_the_same_whenever_it_is_read()
    {
        var table = Tables.Make(
            [new("id", SqlType.BigInt, false), new("name", SqlType.String, false), new("price", SqlType.Decimal(10, 2), false), new("share", SqlType.Double, false), new("gone", SqlType.Int, false)],
            [],
            "connector = datagen\nfields.id.kind = sequence\nfields.id.start = 11\nfields.id.end = 510\nfields.name.length = 5\nfields.price.min = 1.5\nfields.price.max = 3\nfields.share.max = 0.5\nfields.gone.null-rate = 1");

        var rows = (await ReadAsync(table, 500)).Select(r => JsonDocument.Parse(r.Value!).RootElement).ToList();

        Assert.Equal(Enumerable.Range(11, 500), rows.Select(r => r.GetProperty("id").GetInt32()));
        Assert.All(rows, r => Assert.Matches("^[0-9a-f]{5}$", r.GetProperty("name").GetString()!));
        Assert.All(rows, r => Assert.InRange(r.GetProperty("price").GetDecimal(), 1.5m, 3m));
        Assert.All(rows, r => Assert.InRange(r.GetProperty("share").GetDouble(), 0, 0.5));
        Assert.All(rows, r => Assert.Equal(JsonValueKind.Null, r.GetProperty("gone").ValueKind));
        Assert.InRange(rows.Select(r => r.GetProperty("price").GetDecimal()).Distinct().Count(), 100, 151);
        Assert.Equal((await ReadAsync(table, 500)).Select(r => Convert.ToHexString(r.Value!)), (await ReadAsync(table, 500)).Select(r => Convert.ToHexString(r.Value!)));
    }

    [Fact]
    public async Task Every_type_has_values_and_a_row_its_fields()
    {
        var row = new SqlType(SqlKind.Row) { Fields = [new RowField("n", SqlType.TinyInt)] };
        SqlType[] types =
        [
            SqlType.Boolean, SqlType.TinyInt, SqlType.SmallInt, SqlType.Int, SqlType.BigInt, SqlType.Float, SqlType.Double, SqlType.Decimal(38, 18), SqlType.String, SqlType.Bytes, SqlType.Date,
            SqlType.Time(), SqlType.Timestamp(3), SqlType.TimestampLtz(3), row,
        ];
        var table = Tables.Make([.. types.Select((t, i) => new TableColumn($"c{i}", t, false))], [], "connector = datagen\nnumber-of-rows = 50\nfields.c14.n.max = 3\nfields.c14.n.min = 1");
        var script = ScriptCompiler.Compile(new SourceText("t.sql", $"""
            CREATE TABLE s ({string.Join(", ", table.Columns.Select(c => $"{c.Name} {(c.Type == row ? "ROW<n TINYINT>" : c.Type.ToString())}"))}) WITH ('connector' = 'datagen');
            CREATE TABLE r ({string.Join(", ", table.Columns.Select(c => $"{c.Name} {(c.Type == row ? "TINYINT" : c.Type.ToString())}"))}) WITH ('connector' = 'print');
            INSERT INTO r SELECT {string.Join(", ", table.Columns.Select(c => c.Type == row ? $"{c.Name}.n" : c.Name))} FROM s;
            """), new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));

        var batch = await new Engine.Runtime.Dataflow(Assert.Single(script.Jobs)).ApplyAsync([new(0, await ReadAsync(table, 50))], null, default, Token);

        Assert.Empty(batch.DeadLetters.Select(l => l.Reason));
        Assert.Equal(50, batch.Changes.Count);
        Assert.All(batch.Changes, c => Assert.DoesNotContain(null, c.Values));
        Assert.All(batch.Changes, c => Assert.InRange((long)c.Values[14]!, 1, 3));
    }

    [Theory]
    [InlineData("fields.amuont.min = 1", "'fields.amuont.min' is about 'amuont', which is no column of 't'; did you mean 'amount'?")]
    [InlineData("fields.amount.min = few", "'fields.amount.min' must be a number")]
    [InlineData("fields.amount.kind = sequence\nfields.amount.start = 1", "'fields.amount.kind' = 'sequence' needs the option 'fields.amount.end'")]
    [InlineData("fields.amount.knid = sequence", "unknown option of 'datagen' 'fields.amount.knid'")]
    [InlineData("number-of-rows = 0", "'number-of-rows' must be a whole number of at least 1")]
    public void A_wrong_option_is_an_error(string option, string message) =>
        Assert.Equal([message], Tables.Check($"connector = datagen\n{option}", TableUse.Source, out _).All.Select(d => d.Message));

    private static async Task<IReadOnlyList<Record>> ReadAsync(TableDefinition table, int count)
    {
        await using var source = new ConnectorFactory(_ => null, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).CreateSource(table, "g", null);
        await source.OpenAsync(Token);
        var rows = await source.ReadAsync(count + 1, TimeSpan.Zero, Token);
        Assert.Equal(count, rows.Count);
        Assert.Empty(await source.ReadAsync(1, TimeSpan.Zero, Token));
        return rows;
    }
}
