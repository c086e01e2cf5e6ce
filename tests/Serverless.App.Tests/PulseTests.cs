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
    public async Task Cells_that_have_not_written_their_rows_again_are_asked_until_they_have_which_is_told_once()
    {
        var asked = _app.Clock.Now;
        var cell = new CellState { Entries = { ["a"] = [1] } };
        _app.Generations.All["test"] = _app.Generations.All["test"] with { Rewrite = new Rewrite(asked, "it was asked for") };
        _client.Setup(c => c.GetCellsAsync(EntityKind.Group, "test.g0:", It.IsAny<CancellationToken>())).Returns(() => new[] { ("test.g0:a", cell) }.ToAsyncEnumerable());
        var pulses = Pulses();
        await pulses.RunAsync(_client.Object, TestContext.Current.CancellationToken);
        Assert.Equal(new RewriteMessage(asked.ToUnixTimeMilliseconds(), _app.Job.Job.Compiled.Epoch), Assert.Single(_sent, s => (s.To, s.Key, s.Operation) == (EntityKind.Group, "test.g0:a", Operations.Rewrite)).Input);
        Assert.False(_app.Generations.All["test"].Rewrite!.IsDone);

        cell.Rewritten = new Rewritten(asked.ToUnixTimeMilliseconds(), 0, asked, 7, 0);
        await pulses.RunAsync(_client.Object, TestContext.Current.CancellationToken);
        await pulses.RunAsync(_client.Object, TestContext.Current.CancellationToken);
        Assert.True(_app.Generations.All["test"].Rewrite!.IsDone);
        Assert.Single(_sent, s => s.Operation == Operations.Rewrite);
        Assert.Equal("Job test has written 7 rows again: it was asked for", Assert.Single(_app.Logs.All).Text);
    }

    [Fact]
    public async Task A_former_state_is_forgotten_after_it_is_stored_that_it_is_not_kept()
    {
        var now = _app.Clock.Now;
        var former = new Generation("g9", DurableJob.Fingerprint(_app.Job.Job.Job), now);
        _app.Generations.All["test"] = _app.Generations.All["test"] with { Formers = [former], CaughtUp = now.AddHours(-2), Deleted = now.AddHours(-1) };
        _client.Setup(c => c.GetCellsAsync(EntityKind.Group, "test.g9:", It.IsAny<CancellationToken>())).Returns(() => new[] { ("test.g9:a", new CellState()) }.ToAsyncEnumerable());
        _client.Setup(c => c.GetCellsAsync(EntityKind.Shard, "test.g9:", It.IsAny<CancellationToken>())).Returns(AsyncEnumerable.Empty<(string, CellState)>());
        var wasKept = false;
        _client.Setup(c => c.SendAsync(It.Is<Signal>(s => s.Operation == Operations.Forget), It.IsAny<CancellationToken>())).Callback<Signal, CancellationToken>((s, _) =>
        {
            _sent.Add(s);
            wasKept |= _app.Generations.All["test"].Formers is not null;
        }).Returns(Task.CompletedTask);
        await RunAsync();
        Assert.False(wasKept);
        Assert.Contains(_sent, s => (s.To, s.Key, s.Operation) == (EntityKind.Group, "test.g9:a", Operations.Forget));
        Assert.Contains(_sent, s => (s.To, s.Key, s.Operation) == (EntityKind.Output, "test.g9:0", Operations.Forget));
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

    private JobPulses Pulses() => new(_app.Catalog, _app.Generations, _app.Watch, _app.Metrics, _app.Warnings, _app.Clock, new LoggerDouble<JobPulses>(_app.Logs));
}
