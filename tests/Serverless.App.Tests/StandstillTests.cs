using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Serverless.App.Generations;
using Serverless.App.Telemetry;
using Serverless.App.Triggers;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;

namespace Serverless.App.Tests;

/// <summary>A topic whose records nobody reads, as the pulse finds it at a broker.</summary>
public sealed class StandstillTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly Loading _app = new() { TopicPatience = null };
    private readonly ManualClock _clock = new(FakeGenerations.Born);
    private readonly Measurements _meters = new();
    private readonly JobState _state = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _broker.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task It_is_measured_for_as_long_as_nobody_reads_and_forgotten_where_no_pulse_comes_any_more()
    {
        _broker.CreateTopic("t", 2);
        using var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), NullLogger.Instance);
        await producer.SendAsync("t", Enumerable.Repeat("{}"u8.ToArray(), 4).ToAsyncEnumerable(), cancellationToken: Token);
        await _app.LoadAsync([("a.sql", Loading.Script().Replace("127.0.0.1:1", _broker.BootstrapServers, StringComparison.Ordinal))]);
        var client = new Mock<IEntityClient>();
        client.Setup(c => c.GetJobAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ReturnsAsync(() => _state);
        var metrics = new DurableMetrics(new JobMetrics(_meters), _meters, _clock);
        await using var pulses = new JobPulses(
            _app.Catalog, _app.Generations, new GenerationWatch(_app.Generations, _clock), metrics, new RepeatedWarnings(), _clock, NullLogger<JobPulses>.Instance);
        for (var minute = 0; minute <= 10; minute++)
        {
            await pulses.RunAsync(client.Object, Token);
            Assert.Equal((60d * minute, "job=a"), Assert.Single(_meters.Observe("serverless.standstill")));
            _clock.Now += TimeSpan.FromMinutes(1);
        }
        Assert.NotEmpty(_state.StandingStill(DurableTimes.Default, _clock.Now));
        _clock.Now += TimeSpan.FromMinutes(2);
        Assert.Empty(_meters.Observe("serverless.standstill"));
    }
}
