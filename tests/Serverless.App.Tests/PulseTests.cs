using Microsoft.Extensions.Logging;
using Moq;
using Serverless.App.Triggers;
using Serverless.Durable;

namespace Serverless.App.Tests;

public sealed class PulseTests
{
    private readonly TestApp _app = new();
    private readonly Mock<IEntityClient> _client = new();
    private readonly List<Signal> _sent = [];
    private JobState? _state;

    public PulseTests()
    {
        _client.Setup(c => c.SendAsync(It.IsAny<Signal>(), It.IsAny<CancellationToken>())).Callback<Signal, CancellationToken>((s, _) =>
        {
            lock (_sent)
                _sent.Add(s);
        }).Returns(Task.CompletedTask);
        _client.Setup(c => c.GetJobAsync("test.g0:", It.IsAny<CancellationToken>())).ReturnsAsync(() => _state);
    }

    [Fact]
    public async Task It_passes_by_outputs_and_the_jobs_entity()
    {
        await RunAsync();
        Assert.All(_sent, s => Assert.Equal(Operations.Pulse, s.Operation));
        Assert.Equal(["Job test.g0:", .. Enumerable.Range(0, 8).Select(p => $"Output test.g0:{p}")], _sent.Select(s => $"{s.To} {s.Key}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_that_another_version_of_the_app_has_taken_over_is_left_alone()
    {
        _app.Generations.All["test"] = new Generation("g1", "another", _app.Clock.Now);
        await RunAsync();
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_gap_is_told_once()
    {
        _state = new JobState();
        _state.Report(new GapsMessage([new Gap(EntityKind.Group, "test.g0:a", "a", -1, 3, 10, 20), new Gap(EntityKind.Group, "test.g0:b", "b", -1, 3, 12, 22)]), DurableTimes.Default, _app.Clock.Now);
        var pulses = Pulses();
        await pulses.RunAsync(_client.Object, TestContext.Current.CancellationToken);
        await pulses.RunAsync(_client.Object, TestContext.Current.CancellationToken);
        var warning = Assert.Single(_app.Logs.All, l => l.Level == LogLevel.Warning);
        Assert.StartsWith("Job test: offsets 10 to 22 of partition 3 did not reach 2 of its groups", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_storage_that_is_away_is_one_line()
    {
        _client.Setup(c => c.GetJobAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("the storage is away"));
        var pulses = Pulses();
        for (var i = 0; i < 5; i++)
            await pulses.RunAsync(_client.Object, TestContext.Current.CancellationToken);
        Assert.Single(_app.Logs.All, l => l.Level == LogLevel.Warning);
    }

    private Task RunAsync() => Pulses().RunAsync(_client.Object, TestContext.Current.CancellationToken);

    private JobPulses Pulses() => new(_app.Catalog, _app.Watch, _app.Metrics, _app.Warnings, _app.Clock, new LoggerDouble<JobPulses>(_app.Logs));
}
