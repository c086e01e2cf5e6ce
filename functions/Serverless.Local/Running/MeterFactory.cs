using System.Diagnostics.Metrics;

namespace Serverless.Local.Running;

/// <summary>Makes a session's meters, which end with it.</summary>
internal sealed class MeterFactory : IMeterFactory
{
    private readonly List<Meter> _made = [];

    /// <inheritdoc />
    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _made.Add(meter);
        return meter;
    }

    /// <inheritdoc />
    public void Dispose() => _made.ForEach(m => m.Dispose());
}
