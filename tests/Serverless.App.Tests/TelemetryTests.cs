using System.Diagnostics.Metrics;
using Azure.Identity;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Serverless.App.Telemetry;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;

namespace Serverless.App.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task The_lag_of_each_job_is_what_its_consumer_group_has_not_committed()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("t", 2);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
            for (var i = 0; i < 7; i++)
                await producer.ProduceAsync(new TopicPartition("t", i % 2), new Message<Null, string> { Value = "{}" }, TestContext.Current.CancellationToken);
        var app = new Loading { TopicPatience = null };
        await app.LoadAsync([("a.sql", Loading.Script().Replace("127.0.0.1:1", broker.BootstrapServers, StringComparison.Ordinal))]);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var meter = new LagMeter(app.Catalog, new JobMetrics(services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
        var seen = new TaskCompletionSource<(string? Job, long Lag)>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == JobMetrics.Name && instrument.Name == "serverless.lag")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, lag, tags, _) => seen.TrySetResult(((string?)tags[0].Value, lag)));
        listener.Start();

        await meter.StartAsync(TestContext.Current.CancellationToken);
        while (!seen.Task.IsCompleted)
        {
            listener.RecordObservableInstruments();
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        await meter.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("a", 7), await seen.Task);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Authorization=Key")]
    public void Without_an_identity_the_connection_strings_key_is_enough(string? setting) => Assert.Null(MonitorCredential.Of(setting));

    [Theory]
    [InlineData("Authorization=AAD")]
    [InlineData("Authorization=AAD;ClientId=00000000-0000-0000-0000-000000000001")]
    public void With_one_telemetry_is_sent_by_it(string setting) => Assert.IsType<ManagedIdentityCredential>(MonitorCredential.Of(setting));
}
