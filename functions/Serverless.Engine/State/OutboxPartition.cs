using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>Places rows into the parts of a sink's output, so that a row never changes hands.</summary>
public static class OutboxPartition
{
    /// <summary>The number of parts of a sink; fixed.</summary>
    public const int Count = 8;

    /// <summary>The part of a row.</summary>
    /// <param name="rowKey"><see cref="RowChange.Key"/>.</param>
    /// <param name="parts">How many parts there are.</param>
    public static int Of(string rowKey, int parts = Count) => Partitioner.Of(rowKey, parts);
}
