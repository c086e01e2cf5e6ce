using System.Text.Json;
using Serverless.App.Generations;
using Serverless.App.Http;
using Serverless.Connectors.Kafka;

namespace Serverless.App.Tests;

public sealed class HttpTests
{
    [Fact]
    public async Task Brokers_and_sinks_that_answer_are_healthy_and_not_asked_again_for_a_while()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("t", 1);
        var app = new Loading();
        await app.LoadAsync([("a.sql", Loading.Script().Replace("127.0.0.1:1", broker.BootstrapServers, StringComparison.Ordinal))]);
        var clock = new ManualClock(FakeGenerations.Born);
        using var health = new JobHealth(app.Catalog, new GenerationWatch(app.Generations, clock), new SinkProbe(clock), clock);
        var first = await health.LookAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new HealthReport(1, true, true, true), first);
        Assert.True(first.IsHealthy);
        Assert.Same(first, await health.LookAsync(TestContext.Current.CancellationToken));
        clock.Now += TimeSpan.FromSeconds(11);
        Assert.NotSame(first, await health.LookAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Brokers_and_sinks_that_are_away_are_told_apart_and_no_more()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        using var health = new JobHealth(app.Catalog, new GenerationWatch(app.Generations, TimeProvider.System), new SinkProbe(TimeProvider.System), TimeProvider.System);
        var report = await health.LookAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new HealthReport(2, true, false, false), report);
        Assert.False(report.IsHealthy);
        Assert.Equal("""{"jobs":2,"current":true,"brokers":false,"sinks":false,"isHealthy":false}""", JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
    }

    [Fact]
    public async Task An_app_that_another_version_has_taken_over_from_is_not_healthy()
    {
        var app = new TestApp();
        app.Generations.All["test"] = new Durable.Generation("g1", "another", app.Clock.Now);
        using var health = new JobHealth(app.Catalog, app.Watch, new SinkProbe(app.Clock), app.Clock);
        Assert.False((await health.LookAsync(TestContext.Current.CancellationToken)).Current);
    }

    [Fact]
    public void An_app_without_jobs_is_not_healthy() => Assert.False(new HealthReport(0, true, true, true).IsHealthy);

    [Fact]
    public async Task Jobs_show_their_plans_and_no_value_of_a_setting()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var json = JsonSerializer.Serialize(app.Catalog.All.Select(JobReport.Of).ToArray(), ReportJson.Readable.JobReportArray);
        foreach (var job in app.Catalog.All)
            Assert.Contains(job.ConsumerGroup, json, StringComparison.Ordinal);
        Assert.Contains("DATE_FORMAT(bucket, 'HH:mm')", json, StringComparison.Ordinal);
        Assert.All(Loading.Settings.Values, v => Assert.True(v is "u" or "d" || !json.Contains(v!, StringComparison.Ordinal)));
    }
}
