using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Moq;
using Serverless.App.Entities;
using Serverless.App.Generations;
using Serverless.App.Http;
using Serverless.Connectors.Kafka;
using Serverless.Durable;

namespace Serverless.App.Tests;

public sealed class HttpTests
{
    [Fact]
    public async Task Brokers_and_sinks_that_answer_are_healthy_and_not_asked_again_for_a_while()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("t", 1);
        var app = new Loading { TopicPatience = null };
        await app.LoadAsync([("a.sql", Loading.Script().Replace("127.0.0.1:1", broker.BootstrapServers, StringComparison.Ordinal))]);
        var clock = new ManualClock(FakeGenerations.Born);
        var health = new JobHealth(app.Catalog, new GenerationWatch(app.Generations, clock), new SinkProbe(clock), clock);
        var first = await health.GetAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal((1, true, true, true), (first.Jobs, first.Current, first.Brokers, first.Sinks));
        Assert.Empty(first.Reasons);
        Assert.True(first.IsHealthy);
        Assert.Same(first, await health.GetAsync(null, TestContext.Current.CancellationToken));
        clock.Now += TimeSpan.FromSeconds(11);
        Assert.NotSame(first, await health.GetAsync(null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Brokers_and_sinks_that_are_away_are_told_apart_and_no_more()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var health = new JobHealth(app.Catalog, new GenerationWatch(app.Generations, TimeProvider.System), new SinkProbe(TimeProvider.System), TimeProvider.System);
        var report = await health.GetAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal((2, true, false, false), (report.Jobs, report.Current, report.Brokers, report.Sinks));
        Assert.False(report.IsHealthy);
        Assert.Equal(
            ["job pvuv: its topic cannot be reached", "job pvuv: its table cannot be reached", "job recharge: its topic cannot be reached", "job recharge: its table cannot be reached"],
            report.Reasons);
    }

    [Fact]
    public async Task An_app_that_another_version_has_taken_over_from_is_not_healthy()
    {
        var app = new TestApp();
        app.Generations.All["test"] = new Generation("g1", "another", app.Clock.Now);
        var health = new JobHealth(app.Catalog, app.Watch, new SinkProbe(app.Clock), app.Clock);
        Assert.False((await health.GetAsync(null, TestContext.Current.CancellationToken)).Current);
    }

    [Fact]
    public void An_app_without_jobs_is_not_healthy() => Assert.False(new HealthReport(0, true, true, true, []).IsHealthy);

    [Fact]
    public async Task Whatever_hangs_the_answer_is_there_within_two_seconds()
    {
        var app = new TestApp();
        app.Generations.Hangs = true;
        app.Sink.Hangs = true;
        Entities(app, new TaskCompletionSource<JobState?>().Task);
        var began = Stopwatch.GetTimestamp();
        var report = await Health(app).GetAsync(new EntityClient(_client.Object), TestContext.Current.CancellationToken);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 2);
        Assert.False(report.IsHealthy);
        Assert.Equal(["job test: the storage account does not answer", "job test: its table cannot be reached", "job test: its entities cannot be asked"], report.Reasons);
    }

    [Fact]
    public async Task Rows_that_wait_while_nothing_is_due_are_a_reason_and_rows_that_wait_for_their_time_are_not()
    {
        var app = new TestApp();
        Entities(app, Task.FromResult<JobState?>(null), new OutboxGlance(3, new DueTime("t", app.Clock.Now.AddSeconds(1))));
        Assert.Empty((await Health(app).GetAsync(new EntityClient(_client.Object), TestContext.Current.CancellationToken)).Reasons);
        app.Clock.Now += TimeSpan.FromMinutes(3);
        Assert.Equal(["job test: rows wait and nothing is due"], (await Health(app).GetAsync(new EntityClient(_client.Object), TestContext.Current.CancellationToken)).Reasons);
        Entities(app, Task.FromResult<JobState?>(null), new OutboxGlance(3, null));
        Assert.Equal(["job test: rows wait and nothing is due"], (await Health(app).GetAsync(new EntityClient(_client.Object), TestContext.Current.CancellationToken)).Reasons);
    }

    [Fact]
    public async Task Open_gaps_and_a_lag_that_grows_while_nothing_is_done_are_reasons()
    {
        var app = new TestApp();
        var state = new JobState();
        state.Report(new GapsMessage([new Gap(EntityKind.Group, "e", "a", -1, 4, 10, 20)]), DurableTimes.Default, app.Clock.Now);
        for (var minute = 0; minute < 3; minute++)
            state.Take(new PositionMark(app.Clock.Now.AddMinutes(minute), new Dictionary<SourcePartition, long> { [new(0, 0)] = 7 }, 5 + minute), DurableTimes.Default);
        Entities(app, Task.FromResult<JobState?>(state));
        var report = await Health(app).GetAsync(new EntityClient(_client.Object), TestContext.Current.CancellationToken);
        Assert.Equal(["job test: its lag grows and nothing is done", "job test: offsets 10 to 20 of partition 4 did not reach all groups"], report.Reasons);
        Assert.False(report.IsHealthy);
    }

    [Fact]
    public async Task Records_that_wait_while_none_is_committed_are_a_reason_after_ten_minutes()
    {
        var app = new TestApp();
        var state = new JobState();
        Entities(app, Task.FromResult<JobState?>(state));
        Assert.Empty((await ReasonsAfterAsync(9)));
        Assert.Equal(["job test: records wait, and none of partition 4 has been committed for 10 minutes"], await ReasonsAfterAsync(10));

        async Task<IReadOnlyList<string>> ReasonsAfterAsync(int minutes)
        {
            app.Clock.Now = FakeGenerations.Born.AddMinutes(minutes);
            for (var minute = 0; minute <= minutes; minute++)
                state.Take(new PositionMark(FakeGenerations.Born.AddMinutes(minute), new Dictionary<SourcePartition, long> { [new(0, 4)] = 7 }, 5, new Dictionary<SourcePartition, long> { [new(0, 4)] = 12 }), DurableTimes.Default);
            return (await Health(app).GetAsync(new EntityClient(_client.Object), TestContext.Current.CancellationToken)).Reasons;
        }
    }

    [Fact]
    public async Task A_demand_to_write_a_table_again_is_stored_for_the_next_pulse()
    {
        var app = new TestApp();
        var functions = new HttpFunctions(app.Catalog, Health(app), new Rewrites(app.Catalog, app.Generations, app.Clock));
        var answer = await functions.RewriteAsync(new RequestDouble("http://localhost/api/jobs/test/rewrite"), "test", Mock.Of<FunctionContext>());
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Contains("'test' begins to write every row again within a minute", ResponseDouble.Text(answer), StringComparison.Ordinal);
        var first = app.Generations.All["test"].Rewrite!;
        Assert.False(first.IsDone);
        await functions.RewriteAsync(new RequestDouble("http://localhost/api/jobs/test/rewrite"), "test", Mock.Of<FunctionContext>());
        Assert.True(app.Generations.All["test"].Rewrite!.At > first.At);

        answer = await functions.RewriteAsync(new RequestDouble("http://localhost/api/jobs/tset/rewrite"), "tset", Mock.Of<FunctionContext>());
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        app.Generations.All["test"] = new Generation("g1", "another", app.Clock.Now);
        answer = await functions.RewriteAsync(new RequestDouble("http://localhost/api/jobs/test/rewrite"), "test", Mock.Of<FunctionContext>());
        Assert.Equal((HttpStatusCode.Conflict, null), (answer.StatusCode, app.Generations.All["test"].Rewrite));
    }

    [Fact]
    public async Task An_app_whose_rows_another_version_writes_in_another_form_is_not_healthy()
    {
        var app = new TestApp();
        app.Generations.All["test"] = app.Generations.All["test"] with { Since = app.Clock.Now.AddMinutes(1) };
        Assert.Contains("job test: another version of the app has taken over", (await Health(app).GetAsync(null, TestContext.Current.CancellationToken)).Reasons);
    }

    [Fact]
    public async Task Rows_of_a_job_of_several_stages_are_written_again_unless_they_have_no_key_and_that_is_said()
    {
        var app = new TestApp(StageEntityTests.CountsOfCounts);
        Assert.Equal(HttpStatusCode.Accepted, (await new Rewrites(app.Catalog, app.Generations, app.Clock).AskAsync("test", TestContext.Current.CancellationToken)).Status);
        Assert.NotNull(app.Generations.All["test"].Rewrite);

        app = new TestApp(StageEntityTests.CountsOfCounts[..StageEntityTests.CountsOfCounts.IndexOf("CREATE TABLE o", StringComparison.Ordinal)]
            + "CREATE TABLE o (k STRING) WITH ('connector' = 'print'); INSERT INTO o SELECT a.k FROM s AS a JOIN s AS b ON a.k = b.k;");
        var report = await new Rewrites(app.Catalog, app.Generations, app.Clock).AskAsync("test", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, report.Status);
        Assert.Contains("'pipeline.name'", report.Message, StringComparison.Ordinal);
        Assert.Null(app.Generations.All["test"].Rewrite);
    }

    [Fact]
    public async Task Jobs_show_their_plans_and_no_value_of_a_setting()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var json = JsonSerializer.Serialize(app.Catalog.All.Select(JobReport.Of).ToArray(), ReportJson.Readable.JobReportArray);
        foreach (var job in app.Catalog.All)
            Assert.Contains(job.Sources[0].ConsumerGroup, json, StringComparison.Ordinal);
        Assert.Contains("DATE_FORMAT(bucket, 'HH:mm')", json, StringComparison.Ordinal);
        Assert.All(Loading.Settings.Values, v => Assert.True(v is "u" or "d" || !json.Contains(v!, StringComparison.Ordinal)));
    }

    private readonly Mock<DurableEntityClient> _entities = new("test");
    private readonly Mock<DurableTaskClient> _client = new("test");

    private static JobHealth Health(TestApp app) => new(app.Catalog, app.Watch, new SinkProbe(app.Clock), app.Clock);

    private void Entities(TestApp app, Task<JobState?> job, OutboxGlance? output = null)
    {
        _client.SetupGet(c => c.Entities).Returns(_entities.Object);
        var id = new EntityInstanceId("Job", app.Job.EntityKeys.OfJob);
        _entities.Setup(e => e.GetEntityAsync<JobState>(id, It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .Returns(async () => await job is { } state ? new EntityMetadata<JobState>(id, state) : null);
        var part = new EntityInstanceId("Output", app.Job.EntityKeys.OfOutput(3));
        _entities.Setup(e => e.GetEntityAsync<OutboxGlance>(part, It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => output is null ? null : new EntityMetadata<OutboxGlance>(part, output));
    }
}
