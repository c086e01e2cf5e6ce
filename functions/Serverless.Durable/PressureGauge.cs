namespace Serverless.Durable;

/// <summary>Until when which parts of a sink's output take no more rows than they must.</summary>
public sealed record PressureState
{
    /// <summary>By part.</summary>
    public Dictionary<int, DateTimeOffset> Until { get; init; } = [];

    /// <summary>Whether reading is to wait.</summary>
    public bool IsHigh(DateTimeOffset now) => Until.Values.Any(until => until > now);
}

/// <summary>What the entity that holds a sink's pressure does: an output that stays full says so again before its word runs out, so a message that came late does no lasting harm.</summary>
public static class PressureGauge
{
    /// <summary>Takes an output's word.</summary>
    public static void Raise(PressureState state, PressureMessage message) => state.Until[message.Part] = message.Until;
}
