using System.Text;
using Serverless.Engine.State;

namespace Serverless.Durable.Tests;

/// <summary>Scripts of several stages that are edited while their state lives in entities.</summary>
public sealed class StageChangeTests
{
    private const string Cold = "SET 'state.cells' = '1';"; // with all that is at rest in the key store
    private const string PerCount = "SELECT CAST(n AS STRING), COUNT(*) FROM (SELECT k, COUNT(*) AS n FROM s GROUP BY k) GROUP BY n";
    private const string Last = "SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n FROM s) WHERE n = 1";
    private const string OneStage = "SELECT k, COUNT(*) FROM s GROUP BY k";

    private static readonly string[] Events =
    [
        """{"k":"a","v":1,"w":"x"}""", """{"k":"a","v":2,"w":"y"}""", """{"k":"b","v":3,"w":"x"}""", """{"k":"c","v":4,"w":"z"}""", """{"k":"d","v":5,"w":"z"}""",
    ];

    public static TheoryData<string, string, string[], string, string[]> Edits => new()
    {
        { "", PerCount, ["1 | 3", "2 | 1"], Where(PerCount, "w = 'z'"), ["1 | 2"] },
        { Cold, PerCount, ["1 | 3", "2 | 1"], Where(PerCount, "w = 'z'"), ["1 | 2"] },
        { "", Last, ["a | 2", "b | 3", "c | 4", "d | 5"], PerCount, ["1 | 3", "2 | 1"] },
        { Cold, Last, ["a | 2", "b | 3", "c | 4", "d | 5"], Where(Last, "w <> 'z'"), ["a | 2", "b | 3"] },
        { "", OneStage, ["a | 2", "b | 1", "c | 1", "d | 1"], Where(Last, "w <> 'z'"), ["a | 2", "b | 3"] },
        { Cold, OneStage, ["a | 2", "b | 1", "c | 1", "d | 1"], Where(Last, "w <> 'z'"), ["a | 2", "b | 3"] },
        { "", Last, ["a | 2", "b | 3", "c | 4", "d | 5"], Where(OneStage, "w = 'z'"), ["c | 1", "d | 1"] },
        { Cold, PerCount, ["1 | 3", "2 | 1"], OneStage, ["a | 2", "b | 1", "c | 1", "d | 1"] },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task The_rows_that_it_does_not_make_are_deleted_when_it_has_caught_up_and_not_before(string settings, string former, string[] before, string edited, string[] after)
    {
        var world = await WithRowsAsync(settings, former, before);
        world.Edit(Sql(settings, edited));
        await RunAsync(world, TimeSpan.FromMinutes(30)); // it reads nothing yet
        Assert.Equal(before, world.Sink.Rows);

        await world.CatchUpAsync();
        await world.RunAsync(TimeSpan.FromMinutes(2));
        Assert.Superset(before.Select(KeyOf).ToHashSet(), world.Sink.Rows.Select(KeyOf).ToHashSet());
        await RunAsync(world);
        Assert.Equal(after, world.Sink.Rows);
        var deleted = before.Select(KeyOf).Except(after.Select(KeyOf)).Count();
        Assert.Equal([$"has caught up with what it was before: {deleted} rows that it does not make are deleted, and the former state with them"], world.Told);
        Assert.Null(world.Generation.Formers);
        Assert.DoesNotContain(world.States.Keys, e => e.Key.StartsWith("test.g1:", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Keys.Cells, c => c.StartsWith("test.g1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edited_while_rows_and_deletes_wait_for_the_sink_it_leaves_nothing_of_the_former_script()
    {
        var world = await WithRowsAsync("", PerCount, ["1 | 3", "2 | 1"]);
        world.Sink.IsAway = true;
        await world.IngestAsync([Event(5, "b"), Event(6, "c"), Event(7, "d"), Event(8, "a")]); // no more counts of 1; a row 3
        await world.RunAsync(TimeSpan.FromSeconds(20));
        world.Sink.IsAway = false;
        world.Edit(Sql("", Where(Last, "w = 'x'")));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(["a | 1", "b | 3"], world.Sink.Rows);
    }

    [Fact]
    public async Task Edited_while_messages_are_on_their_way_it_leaves_nothing_of_the_former_script()
    {
        for (var seconds = 0; seconds < 6; seconds++)
        {
            var world = await WithRowsAsync("", Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
            await world.IngestAsync([Event(5, "e"), Event(6, "f")]);
            await world.RunAsync(TimeSpan.FromSeconds(seconds));
            world.Edit(Sql("", PerCount));
            await world.CatchUpAsync();
            await RunAsync(world);
            Assert.Equal(["1 | 5", "2 | 1"], world.Sink.Rows);
        }
    }

    [Fact]
    public async Task A_row_of_an_execution_that_was_never_stored_is_deleted_too_as_nobody_has_confirmed_its_delta()
    {
        var world = new EntityWorld(Jobs.Make(Sql("", Last)), hasPulse: true);
        await world.IngestAsync(Jobs.Records(Events));
        await world.RunAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(4, world.Sink.Rows.Count);
        foreach (var output in world.States.Keys.Where(s => s.Kind == EntityKind.Output).ToList())
            world.States.Remove(output);
        world.Edit(Sql("", PerCount));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(["1 | 3", "2 | 1"], world.Sink.Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Cold)]
    public async Task Edited_twice_it_leaves_nothing_of_either_script(string settings)
    {
        var world = await WithRowsAsync(settings, Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
        world.Edit(Sql(settings, PerCount));
        await world.CatchUpAsync();
        await world.RunAsync(TimeSpan.FromSeconds(90));
        Assert.Equal(6, world.Sink.Rows.Count);
        world.Edit(Sql(settings, Where(OneStage, "k = 'a'")));
        Assert.Equal(["g2", "g1"], world.Generation.Formers!.Select(f => f.Id));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(["a | 2"], world.Sink.Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Cold)]
    public async Task Going_back_before_it_has_caught_up_begins_anew_and_leaves_nothing_of_the_script_in_between(string settings)
    {
        var world = await WithRowsAsync(settings, Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
        world.Edit(Sql(settings, PerCount));
        await world.CatchUpAsync();
        await world.RunAsync(TimeSpan.FromSeconds(90));
        world.Edit(Sql(settings, Last));
        Assert.Equal(("g3", 2), (world.Generation.Id, world.Generation.Formers!.Count));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(["a | 2", "b | 3", "c | 4", "d | 5"], world.Sink.Rows);
        Assert.Null(world.Generation.Formers);
    }

    [Fact]
    public async Task Rows_in_another_table_stay()
    {
        var world = await WithRowsAsync("", Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
        var former = world.Sink;
        world.Sink = new FakeSink();
        world.Edit(Sql("", Last).Replace("'tablename' = 'o'", "'tablename' = 'p'", StringComparison.Ordinal));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(former.Rows, world.Sink.Rows);
        Assert.Contains("rows that were written to o (k STRING) and that it does not make stay there", Assert.Single(world.Told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_fewer_records_than_it_did_it_deletes_none_of_its_former_rows()
    {
        var world = await WithRowsAsync("", Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
        world.Begins[0] = 1;
        world.Edit(Sql("", Where(Last, "w = 'y'")));
        Assert.Equal([(0, 0L, 1L)], ScriptEdit.MissingOf(world.Generation, 0, "t"));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(4, world.Sink.Rows.Count);
        Assert.Contains("stay there", Assert.Single(world.Told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delete_that_is_lost_is_sent_once_more()
    {
        var world = await WithRowsAsync("", Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
        world.Edit(Sql("", Where(Last, "w = 'z'")));
        await world.CatchUpAsync();
        await world.RunAsync(TimeSpan.FromMinutes(4));
        var left = 2;
        world.Loses = s => s.Operation == Operations.Add && s.Input is RowsMessage && left-- > 0;
        await RunAsync(world);
        Assert.Equal(0, Math.Max(0, left));
        Assert.Equal(["c | 4", "d | 5"], world.Sink.Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Cold)]
    public async Task A_delete_that_comes_after_the_row_that_is_made_again_deletes_nothing(string settings)
    {
        var world = await WithRowsAsync(settings, Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
        var job = new DurableJob(Jobs.Compile(Sql(settings, Last)), world.Generation);
        var writer = new StateWriter();
        new GroupAnswer([new RowChange("a", new RowVersion(world.Generation.DeleteEpoch.ToUnixTimeMilliseconds(), 0, 99), true, ["a", null])], [], 0).Write(writer);
        await world.SendAsync(
            new Signal(EntityKind.Output, new EntityKeys(job).OfOutput(OutboxPartition.Of("a")), Operations.Add, new RowsMessage(writer.Written.ToArray())), TestContext.Current.CancellationToken);
        await RunAsync(world);
        Assert.Equal(["a | 2", "b | 3", "c | 4", "d | 5"], world.Sink.Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Cold)]
    public async Task An_emptied_table_is_filled_on_demand(string settings)
    {
        var world = await WithRowsAsync(settings, Last, ["a | 2", "b | 3", "c | 4", "d | 5"]);
        for (var time = 0; time < 2; time++)
        {
            world.Sink = new FakeSink();
            world.Generation = world.Generation with { Rewrite = new Rewrite(world.Now, "it was asked for") };
            var left = 2;
            world.Loses = s => s.To == EntityKind.Output && s.Operation is Operations.Rewrite or Operations.Tick && left-- > 0;
            await RunAsync(world);
            Assert.Equal(["a | 2", "b | 3", "c | 4", "d | 5"], world.Sink.Rows);
        }
        Assert.Equal(["has written 4 rows again: it was asked for", "has written 4 rows again: it was asked for"], world.Told);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SET 'state.cells' = '2';")]
    [InlineData(Cold)]
    public async Task Whatever_is_edited_and_lost_the_table_is_that_of_the_last_script_and_the_records(string settings)
    {
        string[] queries = [PerCount, Last, Where(PerCount, "w <> 'u'"), Where(Last, "k <> 'a'"), OneStage, Where(OneStage, "w = 'v'")];
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var records = Jobs.Records(Enumerable.Range(0, 100).Select(_ => Encoding.UTF8.GetBytes($$"""{"k":"{{(char)('a' + random.Next(12))}}","v":{{random.Next(9)}},"w":"{{(char)('u' + random.Next(6))}}"}""")));
            var world = new EntityWorld(Make(Sql(settings, queries[random.Next(queries.Length)])), seed, Faults.Disorder | Faults.Loss, hasPulse: true);
            var last = "";
            for (var at = 0; at < records.Count;)
            {
                var next = Math.Min(records.Count, at + random.Next(1, 40));
                await world.IngestAsync([.. records[at..next].OrderBy(r => r.Partition).ThenBy(r => r.Offset)]);
                await world.RunAsync(TimeSpan.FromSeconds(random.Next(200)));
                if (random.Next(3) == 0 || next == records.Count)
                {
                    world.Edit(last = Sql(settings, queries[random.Next(queries.Length)]));
                    await world.CatchUpAsync();
                }
                at = next;
            }
            await world.RunAsync(TimeSpan.FromMinutes(5));
            world.Faults = Faults.Disorder;
            await RunAsync(world, TimeSpan.FromMinutes(40));

            var plain = new EntityWorld(Jobs.Make(last));
            await plain.IngestAsync([.. records.OrderBy(r => r.Partition).ThenBy(r => r.Offset)]);
            await plain.RunAsync();
            var (missing, wrong) = (plain.Sink.Rows.Except(world.Sink.Rows), world.Sink.Rows.Except(plain.Sink.Rows));
            Assert.True(plain.Sink.Rows.SequenceEqual(world.Sink.Rows), $"seed {seed}: not\n{string.Join('\n', missing)}\nbut\n{string.Join('\n', wrong)}");
            Assert.True(world.Generation is { Formers: null }, $"seed {seed}: {world.Generation}");
        }
    }

    private static async Task<EntityWorld> WithRowsAsync(string settings, string query, string[] rows)
    {
        var world = new EntityWorld(Make(Sql(settings, query)), hasPulse: true);
        await world.IngestAsync(Jobs.Records(Events));
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(rows, world.Sink.Rows);
        Assert.Equal(settings == Cold, world.Keys.Count > 0);
        return world;
    }

    private static DurableJob Make(string sql) => sql.StartsWith(Cold, StringComparison.Ordinal) ? Jobs.Chilled(Jobs.Make(sql)) : Jobs.Make(sql);

    private static Task RunAsync(EntityWorld world, TimeSpan? time = null) => world.RunAsync(time ?? TimeSpan.FromMinutes(20));

    private static Engine.Ingest.Record Event(long offset, string key) => new(0, offset, 1_000 + offset, Encoding.UTF8.GetBytes($$"""{"k":"{{key}}","v":{{offset}},"w":"y"}"""));

    private static string KeyOf(string row) => row.Split(" | ")[0];

    private static string Where(string query, string condition) => query.Replace("FROM s", $"FROM s WHERE {condition}", StringComparison.Ordinal);

    private static string Sql(string settings, string query) => $"""
        {settings}
        CREATE TABLE s (k STRING, v BIGINT, w STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'hologres', 'endpoint' = 'h:80', 'dbname' = 'd', 'tablename' = 'o', 'username' = 'u', 'password' = '${"{P}"}');
        INSERT INTO o {query};
        """;
}
