using System.Diagnostics.Metrics;

namespace Serverless.Testing;

/// <summary>A meter factory whose instruments are listened to.</summary>
internal sealed class Measurements : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, string Tags)> _all = [];

    public Measurements()
    {
        // Other tests measure beside this one.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, this))
                return;
            lock (Instruments)
                Instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>What an instrument has measured, in order, each with its tags as text.</summary>
    public (double Value, string Tags)[] Of(string name)
    {
        lock (_all)
            return [.. _all.Where(m => m.Name == name).Select(m => (m.Value, m.Tags))];
    }

    /// <summary>The sum of what an instrument has measured.</summary>
    public double Sum(string name) => Of(name).Sum(m => m.Value);

    /// <summary>What an observable instrument says now.</summary>
    public (double Value, string Tags)[] Observe(string name)
    {
        lock (_all)
            _all.RemoveAll(m => m.Name == name);
        _listener.RecordObservableInstruments();
        return Of(name);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(m => m.Dispose());
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
        lock (_all)
            _all.Add((instrument.Name, value, text));
    }
}
