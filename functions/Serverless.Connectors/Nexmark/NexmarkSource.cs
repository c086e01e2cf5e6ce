using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Nexmark;

/// <summary>Reads the events of a generator.</summary>
/// <param name="generator">Makes the events.</param>
/// <param name="count">How many there are; null for no end.</param>
/// <param name="eventsPerSecond">How many come in a second, without an end.</param>
/// <param name="positions">Keeps the number of the event to read next; null to begin with the first each time.</param>
/// <param name="clock">The clock.</param>
public sealed class NexmarkSource(NexmarkGenerator generator, long? count, int eventsPerSecond, IPositionStore? positions, TimeProvider clock)
    : GeneratedSource("nexmark", count, eventsPerSecond, positions, clock)
{
    /// <inheritdoc />
    protected override Record Make(long number)
    {
        var nexmark = generator.Event(number);
        return new Record(0, number, new DateTimeOffset(nexmark.Time, TimeSpan.Zero).ToUnixTimeMilliseconds(), NexmarkJson.Of(nexmark));
    }
}
