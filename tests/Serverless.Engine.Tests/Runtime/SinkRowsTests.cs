using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.Runtime;

/// <summary>What is written to a table without a key, row by row.</summary>
public sealed class SinkRowsTests
{
    private const string Sources = """
        CREATE TABLE a (shop STRING, price INT) WITH ('connector' = 'kafka', 'topic' = 'a', 'format' = 'json');
        CREATE TABLE b (shop STRING, price INT) WITH ('connector' = 'kafka', 'topic' = 'b', 'format' = 'json');
        """;

    private const string Totals = "(SELECT shop, SUM(price) AS total FROM (SELECT * FROM a UNION ALL SELECT * FROM b) GROUP BY shop)";

    [Fact]
    public async Task A_row_whose_key_the_query_knows_is_printed_as_it_was_and_as_it_is()
    {
        var changes = await RunAsync($"CREATE TABLE r (shop STRING, total INT) WITH ('connector' = 'print'); INSERT INTO r SELECT * FROM {Totals};", ("x", 1), ("x", 2), ("y", 5));

        Assert.Equal(["+I x | 1", "-U x | 1", "+U x | 3", "+I y | 5"], changes);
    }

    [Fact]
    public async Task Of_equal_rows_one_is_deleted_for_each_that_goes()
    {
        var changes = await RunAsync($"CREATE TABLE r (total INT) WITH ('connector' = 'print'); INSERT INTO r SELECT total FROM {Totals};", ("x", 1), ("y", 1), ("x", 2), ("y", 3));

        Assert.Equal(["+I 1", "+I 1", "-D 1", "+I 3", "-D 1", "+I 4"], changes);
    }

    [Fact]
    public async Task A_row_that_is_no_more_is_deleted()
    {
        var changes = await RunAsync($"CREATE TABLE r (shop STRING, total INT) WITH ('connector' = 'print'); INSERT INTO r SELECT * FROM {Totals} WHERE total > 0;", ("x", 1), ("x", -1));

        Assert.Equal(["+I x | 1", "-D x | 1"], changes);
    }

    [Fact]
    public void A_row_as_it_was_is_stored_as_one()
    {
        var writer = new StateWriter();
        new RowChange("k", new RowVersion(1, 0, 2), true, ["x", 1L]) { IsBefore = true }.WriteTo(writer);

        var read = RowChange.Read(writer.Written);

        Assert.True(read is { IsBefore: true, IsDelete: true, IsAdded: false });
    }

    private static async Task<List<string>> RunAsync(string sql, params (string Shop, int Price)[] records)
    {
        var dataflow = new Dataflow(JobHarness.Compile(Sources + sql));
        var changes = new List<RowChange>();
        foreach (var (i, (shop, price)) in records.Index())
        {
            var batch = await dataflow.ApplyAsync([new SourceRecords(0, [new Record(0, i, i, Encoding.UTF8.GetBytes($$"""{"shop":"{{shop}}","price":{{price}}}"""))])], null, JobHarness.Now, TestContext.Current.CancellationToken);
            changes.AddRange(batch.Changes);
        }

        Assert.Equal(changes.Count, changes.Select(c => c.Key).Distinct().Count());
        return changes.ConvertAll(c => $"{(c.IsBefore ? "-U" : c.IsDelete ? "-D" : c.IsAdded ? "+I" : "+U")} {JobHarness.TextOf(c)}");
    }
}
