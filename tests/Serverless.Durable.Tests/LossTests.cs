using System.Text;
using System.Text.Json;

namespace Serverless.Durable.Tests;

/// <summary>A process that dies loses what it had in hand: the host takes it for done. Nothing of it may be missing in the table for long.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData("recharge", Jobs.NoCells)]
    [InlineData("recharge", "SET 'state.cells' = '3';")]
    [InlineData("pvuv", Jobs.NoCells)]
    [InlineData("pvuv", "SET 'state.cells' = '5';")]
    [InlineData("pvuv", Jobs.NoCells + "SET 'table.optimizer.distinct-agg.split.enabled' = 'false';")]
    public async Task Whatever_processes_lose_when_they_die_the_table_is_that_of_the_records(string name, string settings)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var (expected, world) = await RunAsync(Load(name, settings), name, seed, hasPulse: true);
            var (missing, wrong) = (expected.Except(world.Sink.Rows), world.Sink.Rows.Except(expected));
            Assert.True(expected.SequenceEqual(world.Sink.Rows), $"seed {seed}: not\n{string.Join('\n', missing)}\nbut\n{string.Join('\n', wrong)}");
            Assert.DoesNotContain(world.Waiting, s => s.To != EntityKind.Job);
        }
    }

    [Theory]
    [InlineData("recharge", "SET 'state.cells' = '3';")]
    [InlineData("pvuv", "SET 'state.cells' = '5';")]
    public async Task Without_pulse_and_due_times_the_same_losses_stay(string name, string settings)
    {
        var never = TimeSpan.FromDays(365);
        var times = new DurableTimes { Grace = never, ResendAfter = never, GapAfter = never, CoverEvery = never, ConfirmEvery = never };
        var wrong = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            var job = Load(name, settings);
            var (expected, world) = await RunAsync(new DurableJob(job.Job, job.Generation, times), name, seed, hasPulse: false);
            wrong += expected.SequenceEqual(world.Sink.Rows) ? 0 : 1;
        }
        Assert.True(wrong > 5, $"only {wrong} of 10 tables are wrong");
    }

    [Fact]
    public async Task An_output_whose_timer_is_lost_writes_when_a_pulse_has_passed_by()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Jobs.NoCells))) { Loses = s => s is { To: EntityKind.Output, Operation: Operations.Tick } };
        world.Sink.IsAway = true;
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}"""));
        await world.RunAsync(TimeSpan.FromSeconds(10));

        (world.Loses, world.Sink.IsAway) = (null, false);
        await world.PulseAsync();
        await world.RunAsync(TimeSpan.FromSeconds(5)); // nothing is overdue yet
        Assert.Empty(world.Sink.Rows);
        await world.RunAsync(TimeSpan.FromSeconds(20));
        await world.PulseAsync();
        await world.RunAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
    }

    [Fact]
    public async Task A_due_time_of_a_former_version_is_set_again_by_whoever_comes_first()
    {
        var state = JsonSerializer.Deserialize("""{"Output":null,"Timer":"abc","Attempts":3,"FailedSince":null,"FullUntil":null}""", DurableJson.Default.OutboxState)!;
        Assert.Equal("abc", state.Timer!.Id);
        var signals = new List<Signal>();
        var box = new Outbox(Jobs.Make(Jobs.Totals(Jobs.NoCells)), 0, TimeSpan.FromSeconds(1), state, signals);
        box.SetTimers(EntityWorld.Start, "t");
        Assert.Equal("abc", ((TickMessage)Assert.Single(signals).Input).Id);

        var cell = JsonSerializer.Deserialize("""{"Entries":{"a":"AA=="},"Timer":"x","Touched":["a"],"Emit":"y"}""", DurableJson.Default.CellState)!;
        signals.Clear();
        new GroupCell(Jobs.Make(Jobs.Totals(Jobs.NoCells))).Pulse(cell, "test.g1:a", new PulseMessage(), EntityWorld.Start, "t", signals);
        Assert.Single(signals, s => s.Operation == Operations.Emit);
        Assert.Null(cell.Timer); // there is no time to live
        await Task.CompletedTask;
    }

    [Fact]
    public void A_timer_that_comes_after_it_was_set_again_still_counts()
    {
        var (due, grace) = (new List<DueTime>(), TimeSpan.FromSeconds(20));
        var first = DueTime.Keep(null, EntityWorld.Start, "a", EntityWorld.Start, grace, due.Add)!;
        // Messages take half a minute: it is set again and again before the first one comes.
        var second = DueTime.Keep(first, EntityWorld.Start, "b", EntityWorld.Start.AddSeconds(21), grace, due.Add)!;
        Assert.Equal((first.Id, EntityWorld.Start.AddSeconds(21)), (second.Id, second.At));
        Assert.Equal([first, second], due);
    }

    [Fact]
    public async Task Rows_that_an_output_lost_are_sent_again_after_two_minutes_and_confirmed_ones_are_not()
    {
        var lost = 0;
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Jobs.NoCells))) { Loses = s => s.Operation == Operations.Add && lost++ == 0 };
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}"""));
        await world.RunAsync(TimeSpan.FromSeconds(100));
        Assert.Empty(world.Sink.Rows);
        await world.RunAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
        await world.RunAsync();
        Assert.Equal(2, world.Sent.Count(s => s.Operation == Operations.Add));
        Assert.Null(world.Cell(EntityKind.Group, "test.g1:a").Sent);
        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task A_summary_that_a_group_lost_is_sent_again()
    {
        var lost = 0;
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Jobs.NoCells, select: "k, COUNT(*), COUNT(DISTINCT w)"))) { Loses = s => s.Operation == Operations.Merge && lost++ == 0 };
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1,"w":"x"}"""));
        await world.RunAsync(TimeSpan.FromSeconds(100));
        Assert.Empty(world.Sink.Rows);
        await world.RunAsync();
        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
        Assert.Equal(2, world.Sent.Count(s => s.Operation == Operations.Merge));
        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task A_row_that_cannot_be_made_is_confirmed_too()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Jobs.NoCells, select: "k, COUNT(*), 10 / SUM(v)")));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":0}"""));
        await world.RunAsync();
        Assert.Single(world.Sent, s => s.Operation == Operations.Add);
        Assert.Single(world.Letters.All);
    }

    [Fact]
    public void What_an_execution_received_is_not_confirmed_before_it_is_stored()
    {
        var owed = new Confirmations();
        var due = new List<DueTime>();
        var signals = new List<Signal>();
        var now = EntityWorld.Start;
        owed.Received("a", "1", null);
        owed.SetTimer("t", now, DurableTimes.Default, due.Add);
        owed.Received("a", "2", null); // in a later execution, of which nobody knows whether it is stored
        owed.SetTimer("u", now, DurableTimes.Default, due.Add);
        owed.Tick(new TickMessage("another"), EntityKind.Group, signals);
        Assert.Empty(signals);
        owed.Tick(new TickMessage(due.Single().Id), EntityKind.Group, signals);
        Assert.Equal(["1"], ((ConfirmMessage)signals.Single().Input).Ids);
        owed.SetTimer("v", now, DurableTimes.Default, due.Add);
        owed.Tick(new TickMessage(due[1].Id), EntityKind.Group, signals);
        Assert.Equal(["2"], ((ConfirmMessage)signals[1].Input).Ids);
        Assert.True(owed.IsEmpty);
    }

    [Fact]
    public async Task Confirmations_cost_one_message_a_sender_and_part_in_half_a_minute_however_many_rows()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals("SET 'state.cells' = '2';")));
        for (var second = 0; second < 30; second++)
        {
            await world.IngestAsync([.. Enumerable.Range(0, 20).Select(i => Event((second * 20) + i, $"k{i}"))]);
            await world.RunAsync(TimeSpan.FromSeconds(1));
        }
        await world.RunAsync(TimeSpan.FromSeconds(1));
        var senders = world.Sent.Where(s => s.Operation == Operations.Add).Select(s => (((RowsMessage)s.Input).From, s.Key)).Distinct().Count();
        Assert.True(world.Sent.Count(s => s.Operation == Operations.Add) >= 30 * senders);
        Assert.InRange(world.Sent.Count(s => s.Operation == Operations.Confirm), 1, senders);
        // A message whose rows are all in later ones needs no confirmation.
        Assert.InRange(world.Cell(EntityKind.Group, "test.g1:~0").Sent!.Count, 1, 8);
    }

    [Fact]
    public async Task A_slice_that_is_lost_is_proven_by_the_next_one_reported_and_read_again()
    {
        var world = await WithLostSliceAsync(Jobs.Make(Jobs.Totals(Jobs.NoCells)));
        await world.IngestAsync([Event(2, "a")]);
        await world.RunAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["a | 2 | 2"], world.Sink.Rows);
        await world.PulseAsync();
        Assert.Empty(world.Gaps); // it may be on its way
        await world.RunAsync(TimeSpan.FromSeconds(60));
        await world.PulseAsync();
        Assert.Equal(new Gap(EntityKind.Group, "test.g1:a", "a", -1, 0, 1, 1), Assert.Single(world.Gaps));
        await world.RunAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(["a | 3 | 3"], world.Sink.Rows);
        await world.RunAsync(TimeSpan.FromMinutes(4));
        world.Gaps.Clear();
        await world.PulseAsync();
        Assert.Empty(world.Gaps);
    }

    [Fact]
    public async Task The_last_slice_of_a_topic_that_goes_quiet_is_proven_within_a_minute()
    {
        var world = await WithLostSliceAsync(Jobs.Make(Jobs.Totals(Jobs.NoCells)));
        for (var minute = 0; minute < 4; minute++)
        {
            await world.PulseAsync();
            await world.RunAsync(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(["a | 2 | 2"], world.Sink.Rows);
    }

    [Fact]
    public async Task The_last_slice_of_a_topic_that_goes_quiet_is_found_although_who_read_it_died_too()
    {
        var world = await WithLostSliceAsync(Jobs.Make(Jobs.Totals(Jobs.NoCells)));
        world.RestartIngest();
        await PulseAsync(minutes: 5);
        Assert.Equal(["a | 2 | 2"], world.Sink.Rows);
        await PulseAsync(minutes: 15);
        var read = world.Reread;
        await PulseAsync(minutes: 60);
        Assert.Equal(read, world.Reread); // some times more, and then no more

        async Task PulseAsync(int minutes)
        {
            for (var minute = 0; minute < minutes; minute++)
            {
                await world.PulseAsync();
                await world.RunAsync(TimeSpan.FromMinutes(1));
            }
        }
    }

    [Fact]
    public async Task A_group_hears_of_all_partitions_that_went_quiet_in_one_message()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Jobs.NoCells)));
        await world.IngestAsync([.. Enumerable.Range(0, 6).Select(partition => Event(0, "a") with { Partition = partition })]);
        world.RestartIngest();
        await world.PulseAsync();
        await world.RunAsync(TimeSpan.FromMinutes(1.5));
        world.Sent.Clear();
        await world.PulseAsync();
        Assert.Single(world.Sent, s => s.Operation == Operations.Apply);
        Assert.Equal(6, world.Sent.Count(s => s.Operation == Operations.Checked));
    }

    [Fact]
    public async Task A_process_that_dies_with_its_first_batch_is_made_up_for_too()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Jobs.NoCells))) { Loses = s => s.Operation == Operations.Apply };
        await world.IngestAsync([Event(5, "a")]);
        await world.RunAsync(TimeSpan.FromSeconds(1));
        world.Loses = null;
        world.RestartIngest();
        await world.IngestAsync([Event(6, "b")]);
        await world.RunAsync();
        Assert.Equal(["a | 1 | 1", "b | 1 | 1"], world.Sink.Rows);
    }

    [Fact]
    public async Task A_gap_in_a_shard_is_read_again_for_that_shard()
    {
        var world = await WithLostSliceAsync(Jobs.Make(Jobs.Totals(Jobs.NoCells, select: "k, COUNT(*), COUNT(DISTINCT w)")));
        for (var minute = 0; minute < 5; minute++)
        {
            await world.PulseAsync();
            await world.RunAsync(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(["a | 2 | 1"], world.Sink.Rows);
    }

    [Fact]
    public async Task A_gap_whose_records_are_gone_from_the_topic_stays_open_and_is_told()
    {
        var world = await WithLostSliceAsync(Jobs.Make(Jobs.Totals(Jobs.NoCells)));
        world.Begins[0] = 2;
        for (var minute = 0; minute < 6; minute++)
        {
            await world.PulseAsync();
            await world.RunAsync(TimeSpan.FromMinutes(1));
        }
        Assert.NotEmpty(world.Gone);
        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
        world.Gaps.Clear();
        await world.PulseAsync();
        Assert.NotEmpty(world.Gaps);
    }

    [Fact]
    public async Task After_the_death_of_who_read_the_next_one_reads_the_last_minutes_again()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Jobs.NoCells)));
        await world.IngestAsync([Event(0, "a")]);
        await world.RunAsync(TimeSpan.FromSeconds(1));
        await world.PulseAsync();
        await world.RunAsync(TimeSpan.FromMinutes(3));
        world.Loses = s => s.Operation == Operations.Apply;
        await world.IngestAsync([Event(1, "a"), Event(2, "b")]);
        await world.RunAsync(TimeSpan.FromSeconds(5));
        world.Loses = null;
        world.RestartIngest();
        await world.IngestAsync([Event(3, "c")]);
        await world.RunAsync();
        Assert.Equal(["a | 2 | 2", "b | 1 | 1", "c | 1 | 1"], world.Sink.Rows);
        Assert.Equal(3, world.Reread);

        // Reading on costs no second look.
        await world.IngestAsync([Event(4, "c")]);
        Assert.Equal(3, world.Reread);
    }

    [Fact]
    public void However_long_nothing_was_read_the_minutes_before_that_are_known()
    {
        var state = new JobState();
        var times = DurableTimes.Default;
        for (var minute = 0; minute < 30; minute++)
            Mark(minute, minute * 100);
        Assert.InRange(state.Marks[new(0, 0)].Count, 10, 12);
        Assert.Equal(2700, state.RereadFrom(new(0, 0), 3_000, times));
        Assert.Null(state.RereadFrom(new(0, 1), 5, times));
        for (var minute = 30; minute < 300; minute++)
            Mark(minute, 2950);
        Assert.Equal(2700, state.RereadFrom(new(0, 0), 2950, times));

        void Mark(int minute, long next) => state.Take(new PositionMark(EntityWorld.Start.AddMinutes(minute), new Dictionary<SourcePartition, long> { [new(0, 0)] = next }, 0), times);
    }

    [Fact]
    public void What_was_read_so_long_ago_that_its_groups_may_have_expired_is_not_read_again()
    {
        var state = new JobState();
        var times = DurableTimes.Default;
        foreach (var (minute, next) in ((int, long)[])[(0, 100), (1, 200), (2, 300), (300, 300)])
            state.Take(new PositionMark(EntityWorld.Start.AddMinutes(minute), new Dictionary<SourcePartition, long> { [new(0, 0)] = next }, 0), times);
        Assert.Equal(100, state.RereadFrom(new(0, 0), 320, times));
        Assert.Equal(300, state.RereadFrom(new(0, 0), 320, times, since: EntityWorld.Start.AddMinutes(240)));
        Assert.Equal(320, state.RereadFrom(new(0, 0), 320, times, since: EntityWorld.Start.AddMinutes(400)));
    }

    [Fact]
    public void Where_a_job_began_is_known_although_word_of_it_comes_late()
    {
        var state = new JobState();
        foreach (var (minute, next) in ((int, long)[])[(1, 8), (0, 0)])
            state.Take(new PositionMark(EntityWorld.Start.AddMinutes(minute), new Dictionary<SourcePartition, long> { [new(0, 0)] = next }, 0), DurableTimes.Default);
        Assert.Equal(0, state.RereadFrom(new(0, 0), 8, DurableTimes.Default));
    }

    [Fact]
    public void A_job_is_stuck_if_more_and_more_waits_and_nothing_is_done()
    {
        Assert.True(After((10, 5), (10, 6), (10, 9)).IsStuck(DurableTimes.Default));
        Assert.False(After((10, 5), (11, 6), (12, 9)).IsStuck(DurableTimes.Default)); // too slow, but not stuck
        Assert.False(After((10, 5), (10, 5), (10, 5)).IsStuck(DurableTimes.Default)); // it waits for nothing new
        Assert.False(After((10, 5), (10, 9)).IsStuck(DurableTimes.Default)); // not for long

        static JobState After(params (long Done, long Lag)[] minutes)
        {
            var state = new JobState();
            for (var i = 0; i < minutes.Length; i++)
                state.Take(new PositionMark(EntityWorld.Start.AddMinutes(i), new Dictionary<SourcePartition, long> { [new(0, 0)] = minutes[i].Done }, minutes[i].Lag), DurableTimes.Default);
            return state;
        }
    }

    [Fact]
    public void A_gap_of_which_nobody_has_spoken_for_three_minutes_is_closed()
    {
        var state = new JobState();
        var gap = new Gap(EntityKind.Group, "e", "a", -1, 0, 1, 5);
        state.Report(new GapsMessage([gap]), DurableTimes.Default, EntityWorld.Start);
        state.Report(new GapsMessage([gap]), DurableTimes.Default, EntityWorld.Start.AddMinutes(2));
        var open = Assert.Single(state.OpenGaps(DurableTimes.Default, EntityWorld.Start.AddMinutes(5)));
        Assert.Equal((EntityWorld.Start, EntityWorld.Start.AddMinutes(2)), (open.Since, open.Heard));
        Assert.Empty(state.OpenGaps(DurableTimes.Default, EntityWorld.Start.AddMinutes(6)));
    }

    // Of offsets 0 and 1, both of group a, the slice of the second is lost.
    private static async Task<EntityWorld> WithLostSliceAsync(DurableJob job)
    {
        var world = new EntityWorld(job);
        await world.IngestAsync([Event(0, "a")]);
        await world.RunAsync(TimeSpan.FromSeconds(2));
        world.Loses = s => s.Operation == Operations.Apply;
        await world.IngestAsync([Event(1, "a")]);
        await world.RunAsync(TimeSpan.FromSeconds(2));
        world.Loses = null;
        return world;
    }

    internal static async Task<(IReadOnlyList<string> Expected, EntityWorld World)> RunAsync(DurableJob job, string name, int seed, bool hasPulse)
    {
        var records = Jobs.Records(name == "recharge" ? GeneratedEvents.Recharge(200, 5, seed) : GeneratedEvents.Track(200, 40, seed));
        var plain = new EntityWorld(job);
        await plain.IngestAsync([.. records.OrderBy(r => r.Partition).ThenBy(r => r.Offset)]);
        await plain.RunAsync();

        var random = new Random(seed);
        var world = new EntityWorld(job, seed, Faults.Disorder | Faults.Loss, hasPulse);
        for (var at = 0; at < records.Count;)
        {
            var first = random.Next(5) == 0 ? random.Next(at + 1) : at;
            var batch = records[first..Math.Min(records.Count, first + random.Next(1, 40))].OrderBy(r => r.Partition).ThenBy(r => r.Offset).ToList();
            world.Sink.IsAway = random.Next(4) == 0;
            await world.IngestAsync(batch);
            await world.RunAsync(TimeSpan.FromSeconds(random.Next(90)));
            at = Math.Max(at, first + batch.Count);
        }
        world.Sink.IsAway = false;
        world.Faults = Faults.Disorder;
        await world.RunAsync(TimeSpan.FromMinutes(20));
        return (plain.Sink.Rows, world);
    }

    internal static DurableJob Load(string name, string settings) => name == "recharge" ? Jobs.Recharge(settings) : Jobs.PvUv(settings);

    private static Record Event(long offset, string key) => new(0, offset, 1_000 + offset, Encoding.UTF8.GetBytes($$"""{"k":"{{key}}","v":1,"w":"x"}"""));
}
