using System.Text;
using System.Text.Json;
using Serverless.Engine.Ingest;

namespace Serverless.Durable.Tests;

/// <summary>What a Durable Task Scheduler takes: half a megabyte is what is used of one.</summary>
public sealed class HubLimitsTests(ITestOutputHelper output)
{
    private const int Half = 512 * 1024;

    private static readonly string[] Keys = ["a", "日本", "café", "a b~c", new string('k', 70), new string('é', 40), new string('k', 300)];

    [Fact]
    public async Task No_id_on_a_scheduler_is_too_long_or_anything_but_printable_ascii()
    {
        var world = new EntityWorld(OnScheduler(Jobs.Make(Jobs.Totals(Jobs.NoCells, "k, COUNT(*), COUNT(DISTINCT w)"), new string('j', 49))));
        await world.IngestAsync(Jobs.Records(Keys.Select(k => $$"""{"k":"{{k}}","v":1,"w":"x"}""")));
        await world.RunAsync();
        Assert.Equal(Keys.Select(k => $"{k} | 1 | 1").Order(StringComparer.Ordinal), world.Sink.Rows);
        var ids = world.Sent.Select(s => $"@{s.To}@{s.Key}".ToLowerInvariant()).Distinct().ToList();
        Assert.All(ids, id => Assert.InRange(id.Length, 1, 100));
        Assert.All(ids, id => Assert.DoesNotMatch("[^ -~]", id));
        Assert.Equal(Keys.Length, world.Sent.Where(s => s.To == EntityKind.Group).Select(s => s.Key).Distinct().Count());
    }

    [Fact]
    public void In_a_storage_account_entities_are_found_where_they_were()
    {
        var placement = new EntityKeys(Jobs.Make(Jobs.Totals(Jobs.NoCells)));
        Assert.Equal("test.g1:日本", placement.OfGroup("日本"));
        Assert.Equal($"test.g1:{new string('k', 43)}~3828098da5bc4c86", placement.OfGroup(new string('k', 61)));
    }

    [Fact]
    public void The_name_of_a_job_must_fit()
    {
        Assert.Null(HubLimits.Scheduler.ProblemOf(new string('j', 49)));
        Assert.Contains("at most 49 letters", HubLimits.Scheduler.ProblemOf(new string('j', 50)), StringComparison.Ordinal);
        Assert.NotNull(HubLimits.Scheduler.ProblemOf("每分钟的访问量"));
        Assert.Null(HubLimits.StorageAccount.ProblemOf(new string('j', 500)));
    }

    [Fact]
    public void What_may_outgrow_a_scheduler_is_told_and_nothing_in_a_storage_account()
    {
        Assert.Equal(2, HubLimits.Scheduler.WarningsOf(Jobs.PvUv().Job).Count());
        Assert.Contains("in 64 entities", Assert.Single(HubLimits.Scheduler.WarningsOf(Jobs.Recharge("SET 'table.exec.state.ttl' = '1 d';").Job)), StringComparison.Ordinal);
        Assert.Empty(HubLimits.Scheduler.WarningsOf(Jobs.Recharge().Job));
        Assert.Empty(HubLimits.StorageAccount.WarningsOf(Jobs.PvUv().Job));
    }

    [Fact]
    public async Task While_the_table_is_away_an_output_takes_no_more_than_half_a_megabyte_and_nothing_is_lost()
    {
        var world = new EntityWorld(OnScheduler(Jobs.Make(Jobs.Totals(select: "k, COUNT(*), LAST_VALUE(w)", sink: "k STRING, n BIGINT, s STRING, PRIMARY KEY (k) NOT ENFORCED"))));
        world.Sink.IsAway = true;
        var text = new string('x', 6_000);
        foreach (var batch in Jobs.Records(Enumerable.Range(0, 800).Select(i => Encoding.UTF8.GetBytes($$"""{"k":"k{{i}}","v":1,"w":"{{text}}"}"""))).Chunk(200))
        {
            await world.IngestAsync([.. batch.OrderBy(r => r.Partition)]);
            await world.RunAsync(TimeSpan.FromMilliseconds(1));
        }
        await world.RunAsync(TimeSpan.FromMinutes(3));
        world.Sink.IsAway = false;
        await world.RunAsync(TimeSpan.FromMinutes(30));
        output.WriteLine($"largest state {world.LargestState:N0} bytes, largest message {world.LargestMessage:N0} bytes as JSON");
        Assert.InRange(world.LargestState, 0, Half);
        Assert.Equal(800, world.Sink.Rows.Count);
        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task An_output_remembers_no_more_of_what_it_wrote_than_fits()
    {
        var world = new EntityWorld(OnScheduler(Jobs.Make(Jobs.Totals("SET 'state.cells' = '40';"))));
        var key = new string('k', 600);
        foreach (var batch in Jobs.Records(Enumerable.Range(0, 6_000).Select(i => Encoding.UTF8.GetBytes($$"""{"k":"{{key}}{{i}}","v":1}"""))).Chunk(3_000))
        {
            await world.IngestAsync([.. batch.OrderBy(r => r.Partition)]);
            await world.RunAsync(TimeSpan.FromSeconds(5));
        }
        // Some did not fit at first.
        await world.RunAsync(TimeSpan.FromMinutes(10));
        var largest = world.States.Where(s => s.Key.Kind == EntityKind.Output).Max(s => s.Value.Length);
        output.WriteLine($"largest output {largest:N0} bytes as JSON");
        Assert.InRange(largest, 90_000, Half);
        Assert.Equal(6_000, world.Sink.Rows.Count);
    }

    [Fact]
    public async Task A_record_that_is_larger_than_a_scheduler_passes_on_is_set_aside_and_the_others_count()
    {
        // Not even a job that skips what cannot be parsed drops it.
        var sql = Jobs.Totals().Replace("'format' = 'json'", "'format' = 'json', 'json.ignore-parse-errors' = 'true'", StringComparison.Ordinal);
        var world = new EntityWorld(OnScheduler(Jobs.Make(sql)));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}""", $$"""{"k":"a","v":2,"w":"{{new string('x', 300_000)}}"}""", """{"k":"a","v":4}"""));
        await world.RunAsync();
        Assert.Equal(["a | 2 | 5"], world.Sink.Rows);
        var letter = Assert.Single(world.Letters.All);
        Assert.Equal((1L, "the record's value has 300022 bytes, and this host passes on at most 262144: send smaller ones"), (letter.Offset, letter.Reason));
    }

    [Fact]
    public void However_many_gaps_are_reported_the_jobs_entity_fits()
    {
        var state = new JobState();
        var now = EntityWorld.Start;
        for (var i = 0; i < 5_000; i++)
        {
            var key = $"test.g1:a key of some length {i}";
            state.Report(new GapsMessage([new Gap(EntityKind.Group, key, $"a key of some length {i}", -1, 0, 10, 20)]), DurableTimes.Default, now, HubLimits.Scheduler);
            state.Watch(new WatchMessage(EntityKind.Group, key), DurableTimes.Default, now, HubLimits.Scheduler);
        }
        Assert.InRange(JsonSerializer.Serialize(state, DurableJson.Default.JobState).Length, 200_000, Half);
    }

    private static DurableJob OnScheduler(DurableJob job) => new(job.Job, job.Generation, hub: HubLimits.Scheduler);
}
