using Serverless.Connectors.Files;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests;

public sealed class FileSinkTests : IDisposable
{
    private static readonly TableDefinition Table = Tables.Make(
        [
            new("appkey", SqlType.String, false), new("amount", SqlType.Double, false), new("exact", SqlType.Decimal(10, 2), false),
            new("day", SqlType.Date, false), new("ok", SqlType.Boolean, false), new("n", SqlType.BigInt, false),
        ],
        [0]);

    private static readonly RowChange Upsert = new("a", default, false, ["玩\"1\"", 139.4, new Number(5, 1), new DateOnly(2021, 12, 1), true, null]);
    private static readonly RowChange Delete = new("b", default, true, ["b", null, null, null, null, null]);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Changes_are_appended_as_JSON_lines()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var sink = new FileSink(_folder["new/out.json"], Table);
            await sink.OpenAsync(Token);
            Assert.Empty(await sink.WriteAsync([Upsert, Delete], Token));
        }

        string[] once =
        [
            """{"appkey":"玩\"1\"","amount":139.4,"exact":0.50,"day":"2021-12-01","ok":true,"n":null}""",
            """{"op":"delete","appkey":"b"}""",
        ];
        Assert.Equal(once.Concat(once), await File.ReadAllLinesAsync(_folder["new/out.json"], Token));
    }

    [Fact]
    public async Task A_table_in_csv_has_its_rows_as_lines_of_that()
    {
        var table = Table with { Options = Tables.Make([], [], "format = csv").Options };
        await File.WriteAllTextAsync(_folder["out.csv"], "a,1\nhalf a li", Token);
        await using (var sink = new FileSink(_folder["out.csv"], table))
        {
            await sink.OpenAsync(Token);
            Assert.Empty(await sink.WriteAsync([Upsert], Token));
        }
        Assert.Equal(["a,1", "\"玩\"\"1\"\"\",139.4,0.50,2021-12-01,true,"], await File.ReadAllLinesAsync(_folder["out.csv"], Token));
    }

    [Fact]
    public async Task A_delete_without_a_primary_key_names_the_rows_key()
    {
        await using (var sink = new FileSink(_folder["out.json"], Table with { PrimaryKey = [] }))
        {
            await sink.OpenAsync(Token);
            await sink.WriteAsync([Delete], Token);
        }
        Assert.Equal("{\"op\":\"delete\",\"key\":\"b\"}\n", await File.ReadAllTextAsync(_folder["out.json"], Token));
    }

    [Theory]
    [InlineData("{\"appkey\":1}\n{\"appk", 2)]
    [InlineData("{\"appkey\":1}\n{\"op\":\"delete\",\"key\":1}", 3)]
    [InlineData("{\"a", 1)]
    [InlineData("{\"op\":\"delete\",\"app", 1)]
    public async Task Half_a_line_that_a_killed_process_left_goes_and_a_whole_one_stays(string before, int lines)
    {
        await File.WriteAllTextAsync(_folder["out.json"], before, Token);
        await using (var sink = new FileSink(_folder["out.json"], Table))
        {
            await sink.OpenAsync(Token);
            await sink.WriteAsync([Delete], Token);
        }
        var all = await File.ReadAllLinesAsync(_folder["out.json"], Token);
        Assert.Equal(lines, all.Length);
        Assert.Equal("""{"op":"delete","appkey":"b"}""", all[^1]);
    }

    [Theory]
    [InlineData("root:x:0:0:root:/root:/bin/bash\n")]
    [InlineData("{\"name\":\"another table's\",\"n\":1}\n")]
    [InlineData("[1]")]
    [InlineData("half a line")]
    [InlineData("\n")]
    public async Task A_file_of_something_else_is_refused_and_left_as_it_is(string foreign)
    {
        await File.WriteAllTextAsync(_folder["out.json"], foreign, Token);
        await using (var sink = new FileSink(_folder["out.json"], Table))
        {
            var error = await Assert.ThrowsAsync<ConnectorException>(() => sink.OpenAsync(Token));
            Assert.EndsWith("out.json' is a file of something else: its first line is no row of the table's columns; name another file, or remove this one", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(foreign, await File.ReadAllTextAsync(_folder["out.json"], Token));
    }

    [Fact]
    public async Task Print_writes_changes_as_Flink_does()
    {
        using var output = new StringWriter { NewLine = "\n" };
        await using var plain = new PrintSink(output, Table);
        await plain.WriteAsync([Upsert, Delete], Token);
        await using var named = new PrintSink(output, Table, "sums");
        await named.WriteAsync([Delete], Token);

        Assert.Equal(
            "+U[玩\"1\", 139.4, 0.50, 2021-12-01, true, null]\n-D[b, null, null, null, null, null]\nsums> -D[b, null, null, null, null, null]\n",
            output.ToString().ReplaceLineEndings("\n"));
    }
}
