namespace Serverless.Connectors.Kafka;

/// <summary>Where a consumer group stands in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Next">The offset that the group has committed; where it never has, the first that is there.</param>
/// <param name="End">The offset behind the last record.</param>
public readonly record struct GroupPosition(int Partition, long Next, long End)
{
    /// <summary>The records that are still to be committed.</summary>
    public long Lag => Math.Max(0, End - Next);
}
