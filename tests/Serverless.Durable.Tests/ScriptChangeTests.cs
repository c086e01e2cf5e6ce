using System.Text;
using Serverless.Engine.State;

namespace Serverless.Durable.Tests;

/// <summary>Scripts that are edited while their state lives in entities.</summary>
public sealed class ScriptChangeTests
{
    private const string Fixed = "SET 'state.cells' = '2';";
    private const string Cold = "SET 'state.cells' = '1';"; // with all that is at rest in the key store
    private const string Values = "k, COUNT(*), SUM(v)";
    private const string Distinct = "k, COUNT(*), COUNT(DISTINCT w)";

    public static TheoryData<string, string> Placements => new()
    {
        { Jobs.NoCells, Values }, { Fixed, Values }, { Cold, Values }, { Jobs.NoCells, Distinct }, { Fixed, Distinct }, { Cold, Distinct },
    };

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task Another_table_gets_the_rows_of_groups_without_new_events(string settings, string select)
    {
        var world = await WithRowsAsync(Sql(settings, select));
        var former = world.Sink;
        world.Sink = new FakeSink();
        world.Edit(Sql(settings, select).Replace("'tablename' = 'o'", "'tablename' = 'p'", StringComparison.Ordinal));
        await RunAsync(world);
        Assert.Equal(["a | 2 | 2", "b | 1 | 1", "c | 1 | 1"], world.Sink.Rows);
        Assert.Equal(3, former.Rows.Count);
        Assert.Equal(["has written 3 rows again: its sink, HAVING or outputs have changed"], world.Told);
        Assert.True(world.Generation.Rewrite!.IsDone);
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task Another_HAVING_deletes_rows_and_the_former_one_brings_them_back(string settings, string select)
    {
        var world = await WithRowsAsync(Sql(settings, select));
        world.Edit(Sql(settings, select, "HAVING COUNT(*) > 1"));
        await RunAsync(world);
        Assert.Equal(["a | 2 | 2"], world.Sink.Rows);
        Assert.Equal(["has written 1 rows again, and deleted the 2 that its HAVING leaves out where they were there: its sink, HAVING or outputs have changed"], world.Told);
        world.Edit(Sql(settings, select));
        await RunAsync(world);
        Assert.Equal(["a | 2 | 2", "b | 1 | 1", "c | 1 | 1"], world.Sink.Rows);
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task Another_output_makes_all_rows_new(string settings, string select)
    {
        var world = await WithRowsAsync(Sql(settings, select));
        world.Edit(Sql(settings, Times(select)));
        await RunAsync(world);
        Assert.Equal(["a | 2 | 200", "b | 1 | 100", "c | 1 | 100"], world.Sink.Rows);
        Assert.Equal("g1", world.Generation.Id);
    }

    [Theory]
    [InlineData(Operations.Rewrite)]
    [InlineData(Operations.Add)]
    public async Task What_is_lost_of_a_rewrite_is_sent_again(string lost)
    {
        var world = await WithRowsAsync(Sql(Jobs.NoCells, Values));
        var left = 3;
        world.Loses = s => s.Operation == lost && left-- > 0;
        world.Edit(Sql(Jobs.NoCells, Times(Values)));
        await RunAsync(world);
        Assert.True(left < 0 || lost == Operations.Add, "nothing was lost");
        Assert.Equal(["a | 2 | 200", "b | 1 | 100", "c | 1 | 100"], world.Sink.Rows);
        Assert.Single(world.Told);
    }

    [Fact]
    public async Task A_rewrite_whose_rows_and_timers_are_lost_is_not_taken_for_done()
    {
        var world = await WithRowsAsync(Sql(Jobs.NoCells, Values));
        world.Loses = s => s.Operation == Operations.Add || (s.Operation == Operations.Tick && s.To == EntityKind.Group);
        world.Edit(Sql(Jobs.NoCells, Times(Values)));
        await RunAsync(world);
        Assert.Empty(world.Told);
        world.Loses = null;
        await RunAsync(world);
        Assert.Equal(["a | 2 | 200", "b | 1 | 100", "c | 1 | 100"], world.Sink.Rows);
        Assert.Single(world.Told);
    }

    [Fact]
    public async Task Rows_that_wait_in_a_former_form_are_not_written_to_the_new_table()
    {
        var world = new EntityWorld(Jobs.Make(Sql(Jobs.NoCells, Values)), hasPulse: true);
        world.Sink.IsAway = true;
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}"""));
        await world.RunAsync(TimeSpan.FromSeconds(10));
        world.Sink = new FakeSink();
        world.Edit(Sql(Jobs.NoCells, "k, COUNT(*) + 10 * SUM(v)", sink: "k STRING, s BIGINT, PRIMARY KEY (k) NOT ENFORCED").Replace("'tablename' = 'o'", "'tablename' = 'p'", StringComparison.Ordinal));
        await RunAsync(world);
        Assert.Equal(["a | 11"], world.Sink.Rows);
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task An_emptied_table_is_filled_on_demand(string settings, string select)
    {
        var world = await WithRowsAsync(Sql(settings, select));
        world.Sink = new FakeSink();
        await RunAsync(world);
        Assert.Empty(world.Sink.Rows);
        for (var time = 0; time < 2; time++)
        {
            world.Sink = new FakeSink();
            world.Generation = world.Generation with { Rewrite = new Rewrite(world.Now, "it was asked for") };
            await RunAsync(world);
            Assert.Equal(["a | 2 | 2", "b | 1 | 1", "c | 1 | 1"], world.Sink.Rows);
        }
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task A_job_that_means_something_else_deletes_the_rows_it_does_not_make_when_it_has_caught_up_and_not_before(string settings, string select)
    {
        var world = await WithRowsAsync(Sql(settings, select));
        world.Edit(Sql(settings, select, where: "WHERE w <> 'z'"));
        Assert.Equal(("g2", "g1"), (world.Generation.Id, world.Generation.Formers!.Single().Id));
        await RunAsync(world, TimeSpan.FromMinutes(30)); // it reads nothing yet
        Assert.Equal(["a | 2 | 2", "b | 1 | 1", "c | 1 | 1"], world.Sink.Rows);

        await world.CatchUpAsync();
        await world.RunAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(3, world.Sink.Rows.Count);
        await RunAsync(world);
        Assert.Equal(["a | 2 | 2", "b | 1 | 1"], world.Sink.Rows);
        Assert.Equal(["has caught up with what it was before: 1 rows that it does not make are deleted, and the former state with them"], world.Told);
        Assert.Null(world.Generation.Formers);
        Assert.DoesNotContain(world.States.Keys, e => e.Key.StartsWith("test.g1:", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Keys.Cells, c => c.StartsWith("test.g1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_delete_that_is_lost_is_sent_once_more()
    {
        var world = await WithRowsAsync(Sql(Jobs.NoCells, Values));
        world.Edit(Sql(Jobs.NoCells, Values, where: "WHERE w <> 'z'"));
        await world.CatchUpAsync();
        await world.RunAsync(TimeSpan.FromMinutes(4));
        var left = 1;
        world.Loses = s => s.Operation == Operations.Add && left-- > 0;
        await RunAsync(world);
        Assert.Equal(["a | 2 | 2", "b | 1 | 1"], world.Sink.Rows);
    }

    [Fact]
    public async Task A_row_that_the_new_job_makes_after_its_delete_stays_however_few_events_it_has()
    {
        var world = await WithRowsAsync(Sql(Jobs.NoCells, Values));
        world.Edit(Sql(Jobs.NoCells, Values, where: "WHERE v <> 1"));
        await world.CatchUpAsync();
        await RunAsync(world, TimeSpan.FromMinutes(8)); // between the two times
        Assert.Empty(world.Sink.Rows);
        await world.IngestAsync([new(0, 4, 1_004, """{"k":"a","v":7}"""u8.ToArray())]);
        await RunAsync(world);
        Assert.Equal(["a | 1 | 7"], world.Sink.Rows);
    }

    [Fact]
    public void An_output_takes_no_rows_of_a_former_form_and_keeps_none_that_wait()
    {
        var job = Jobs.Make(Sql(Jobs.NoCells, Values));
        var edited = new DurableJob(job.Job, job.Generation with { Since = job.Generation.Born.AddMinutes(5) });
        var state = new OutboxState();
        var (old, delete, row) = (Rows(job.Generation.Epoch, "a"), Rows(edited.Generation.DeleteEpoch, "b"), Rows(edited.Generation.Epoch, "c"));
        var box = Open(job);
        box.Add(old, EntityWorld.Start, "t");
        Assert.True(box.Close());
        box = Open(edited);
        Assert.Equal((0, edited.Compiled.Epoch), (box.Pending, state.Epoch));
        foreach (var rows in (RowsMessage[])[old, delete, row])
            box.Add(rows, EntityWorld.Start, "u");
        Assert.Equal(["b", "c"], box.Take(9).Select(r => r.Key));
        Assert.True(box.Close());
        Assert.Equal(2, Open(edited).Pending);

        Outbox Open(DurableJob of) => new(of, 0, TimeSpan.FromSeconds(1), state, []);

        static RowsMessage Rows(DateTimeOffset epoch, string key)
        {
            var writer = new StateWriter();
            new GroupAnswer([new RowChange(key, new RowVersion(epoch.ToUnixTimeMilliseconds(), 0, 1), false, [key, 1L, 1L])], [], 0).Write(writer);
            return new RowsMessage(writer.Written.ToArray());
        }
    }

    [Fact]
    public async Task A_cell_that_begins_after_an_edit_is_none_of_a_process_of_the_version_before()
    {
        var world = await WithRowsAsync(Sql(Jobs.NoCells, Values));
        var former = world.Generation.Epoch;
        world.Edit(Sql(Jobs.NoCells, Times(Values)));
        await RunAsync(world);
        await world.IngestAsync([new(0, 4, 1_004, """{"k":"d","v":7}"""u8.ToArray())]);
        await RunAsync(world);
        Assert.Equal(world.Generation.Epoch.ToUnixTimeMilliseconds(), world.Cell(EntityKind.Group, "test.g1:d").Rewritten!.Epoch);
        Assert.True(new DurableJob(Jobs.Compile(Sql(Jobs.NoCells, Values)), new Generation("g1", "", former)).IsBefore(world.Cell(EntityKind.Group, "test.g1:d").Rewritten!.Epoch));
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task Going_back_before_it_has_caught_up_takes_the_kept_state_up_again(string settings, string select)
    {
        var world = await WithRowsAsync(Sql(settings, select));
        var began = world.Generation;
        world.Edit(Sql(settings, Times(select), where: "WHERE w <> 'z'"));
        await world.CatchUpAsync();
        await world.RunAsync(TimeSpan.FromSeconds(90));
        Assert.Equal(["a | 2 | 200", "b | 1 | 100", "c | 1 | 1"], world.Sink.Rows);

        world.Edit(Sql(settings, select));
        Assert.Equal("g1", world.Generation.Id);
        Assert.True(world.Generation.Epoch > began.Epoch + TimeSpan.FromMinutes(1));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(["a | 2 | 2", "b | 1 | 1", "c | 1 | 1"], world.Sink.Rows);
        Assert.Equal(2, world.Told.Count);
        Assert.Null(world.Generation.Formers);
    }

    [Fact]
    public async Task Other_keys_in_the_same_table_are_begun_anew_and_the_rows_under_the_former_ones_are_deleted()
    {
        const string Sink = "k STRING, w STRING, n BIGINT, PRIMARY KEY (k, w) NOT ENFORCED";
        var sql = Sql(Jobs.NoCells, "k, w, COUNT(*)", sink: Sink).Replace("GROUP BY k", "GROUP BY k, w", StringComparison.Ordinal);
        var world = new EntityWorld(Make(sql), hasPulse: true);
        await world.IngestAsync(Jobs.Records("""{"k":"a","w":"b"}""", """{"k":"b","w":"a"}""", """{"k":"b","w":"a"}""", """{"k":"a","w":"c"}"""));
        await world.RunAsync(TimeSpan.FromMinutes(5));
        world.Edit(sql.Replace("k, w, COUNT(*)", "w, k, COUNT(*)", StringComparison.Ordinal));
        Assert.Equal("g2", world.Generation.Id);
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(["a | b | 2", "b | a | 1", "c | a | 1"], world.Sink.Rows);
    }

    [Fact]
    public async Task A_job_that_reads_fewer_records_than_it_did_deletes_none_of_its_former_rows()
    {
        var world = await WithRowsAsync(Sql(Jobs.NoCells, Values));
        world.Begins[0] = 1;
        world.Edit(Sql(Jobs.NoCells, Values, where: "WHERE w <> 'z'"));
        Assert.Equal([(0, 0L, 1L)], ScriptEdit.MissingOf(world.Generation, 0, "t"));
        await world.CatchUpAsync();
        await RunAsync(world);
        Assert.Equal(3, world.Sink.Rows.Count);
        Assert.Contains("stay there", Assert.Single(world.Told), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_of_a_former_version_is_up_to_date_with_what_was_written_when_its_job_began()
    {
        var job = Jobs.Compile(Sql(Jobs.NoCells, Values));
        var edit = new ScriptEdit(job, Jobs.FormOf(job), new Connectors.ConnectorCatalog());
        var old = new Generation("g1", DurableJob.Fingerprint(job), EntityWorld.Start);
        var now = edit.Next(old, [], "g2", EntityWorld.Start.AddHours(1));
        Assert.Equal(("g1", old.Epoch, null), (now.Id, now.Epoch, now.Rewrite));
        Assert.Same(now, edit.Next(now, [], "g3", EntityWorld.Start.AddHours(2)));
    }

    [Fact]
    public void A_state_that_began_with_an_entity_a_group_goes_on_with_that_and_only_another_number_in_the_script_begins_anew()
    {
        var former = new Generation("g1", DurableJob.Fingerprint(Jobs.Compile(Sql(Jobs.NoCells, Values))), EntityWorld.Start);
        var (same, named, other) = (Next("", former), Next(Jobs.NoCells, former), Next("SET 'state.cells' = '64';", former));
        Assert.Equal(("g1", null), (same.Generation.Id, same.Cells));
        Assert.Equal(("g1", null), (named.Generation.Id, named.Cells));
        Assert.Equal(("g2", 64), (other.Generation.Id, other.Cells));
        Assert.Equal(CellCount.Default, Next("", null).Cells);
        // What it means has changed.
        Assert.Equal(CellCount.Default, Next("", former, "WHERE v > 1").Cells);

        DurableJob Next(string settings, Generation? known = null, string where = "")
        {
            var job = Jobs.Compile(Sql(settings, Values, where: where));
            return new DurableJob(job, new ScriptEdit(job, Jobs.FormOf(job), new Connectors.ConnectorCatalog()).Next(known, [], "g2", EntityWorld.Start.AddHours(1)));
        }
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task Whatever_is_edited_and_lost_the_table_is_that_of_the_last_script_and_the_records(string settings, string select)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var records = Jobs.Records(Enumerable.Range(0, 150).Select(_ => Encoding.UTF8.GetBytes($$"""{"k":"{{(char)('a' + random.Next(12))}}","v":{{random.Next(9)}},"w":"{{(char)('u' + random.Next(6))}}"}""")));
            var world = new EntityWorld(Make(Sql(settings, select)), seed, Faults.Disorder | Faults.Loss, hasPulse: true);
            var last = "";
            for (var at = 0; at < records.Count;)
            {
                var next = Math.Min(records.Count, at + random.Next(1, 40));
                await world.IngestAsync([.. records[at..next].OrderBy(r => r.Partition).ThenBy(r => r.Offset)]);
                await world.RunAsync(TimeSpan.FromSeconds(random.Next(200)));
                if (random.Next(3) == 0 || next == records.Count)
                {
                    world.Edit(last = Sql(settings, random.Next(2) == 0 ? select : Times(select), random.Next(2) == 0 ? "" : "HAVING COUNT(*) > 9", random.Next(3) > 0 ? "" : "WHERE w <> 'u' AND k <> 'a'"));
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
            Assert.True(world.Generation is { Formers: null, Rewrite: null or { IsDone: true } }, $"seed {seed}: {world.Generation}");
        }
    }

    private static async Task<EntityWorld> WithRowsAsync(string sql)
    {
        var world = new EntityWorld(Make(sql), hasPulse: true);
        await world.IngestAsync(Jobs.Records(
            """{"k":"a","v":1,"w":"x"}""", """{"k":"a","v":1,"w":"y"}""", """{"k":"b","v":1,"w":"x"}""", """{"k":"c","v":1,"w":"z"}"""));
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(3, world.Sink.Rows.Count);
        Assert.Equal(sql.StartsWith(Cold, StringComparison.Ordinal), world.Keys.Count > 0);
        return world;
    }

    private static DurableJob Make(string sql)
    {
        var job = Jobs.Make(sql);
        return sql.StartsWith(Cold, StringComparison.Ordinal) ? Jobs.Chilled(job) : job;
    }

    private static Task RunAsync(EntityWorld world, TimeSpan? time = null) => world.RunAsync(time ?? TimeSpan.FromMinutes(20));

    private static string Times(string select) => select.Replace("SUM(v)", "SUM(v) * 100", StringComparison.Ordinal).Replace("COUNT(DISTINCT w)", "COUNT(DISTINCT w) * 100", StringComparison.Ordinal);

    private static string Sql(string settings, string select, string having = "", string where = "", string? sink = null)
    {
        var sql = sink is null ? Jobs.Totals(settings, select) : Jobs.Totals(settings, select, sink);
        return sql.Replace("GROUP BY k;", $"{where} GROUP BY k {having};", StringComparison.Ordinal);
    }
}
