using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Serverless.App.Telemetry;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;

namespace Serverless.App.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task What_entities_and_sinks_do_is_counted_by_job()
    {
        var app = new TestApp();
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        // Other tests count beside this one.
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Count(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, _, tags, _) => Count(i, 1, tags));
        listener.Start();

        var slices = await EntityTests.SlicesAsync(app, """{"k":"a","v":3}""");
        var group = await app.RunAsync(EntityKind.Group, slices.Key, null, (Operations.Apply, slices.Input), (Operations.Apply, slices.Input));
        var rows = group.Signals.First(s => s.Operation == Operations.Add);
        var output = rows.To["@output@".Length..];
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, app.Deserialize<RowsMessage>(rows.Input)));
        await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(EntityTests.Flush(held).Input)));

        Assert.Equal((1, 5, 4, 1, 1), (counts["serverless.duplicates"], counts["serverless.signals"], counts["serverless.operations"], counts["serverless.rows"], counts["serverless.flush"]));
        Assert.Equal(1, counts["serverless.delay"]);
        Assert.False(counts.ContainsKey("serverless.failed_writes"));
        Assert.False(counts.ContainsKey("serverless.retries"));

        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Assert.Equal("test", tags[0].Value);
            counts.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
        }
    }

    [Fact]
    public void The_largest_key_is_measured_while_operations_carry_it()
    {
        using var measurements = new Measurements();
        using var jobs = new Measurements();
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        var metrics = new DurableMetrics(new JobMetrics(jobs), measurements, clock);
        metrics.Carries("test", 900_000);
        metrics.Carries("test", 600_000);
        Assert.Equal(900_000, Assert.Single(measurements.Observe("serverless.largest_key")).Value);
        clock.Now += TimeSpan.FromMinutes(3);
        Assert.Empty(measurements.Observe("serverless.largest_key"));
        metrics.Carries("test", 600_000);
        Assert.Equal(600_000, Assert.Single(measurements.Observe("serverless.largest_key")).Value);
    }

    [Fact]
    public void Grafanas_dashboard_shows_every_instrument_of_the_app()
    {
        using var own = new Measurements();
        using var jobs = new Measurements();
        _ = new DurableMetrics(new JobMetrics(jobs), own);
        Assert.Equal(own.Instruments.Select(GrafanaFile.NameOf).Order(StringComparer.Ordinal), GrafanaFile.Names(ofEntities: true).Order(StringComparer.Ordinal));
    }
}
