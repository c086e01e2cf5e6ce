namespace Serverless.Connectors;

/// <summary>How far the reading of a partition is behind its end.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Lag">The records that are still to be read, or to be committed.</param>
public readonly record struct PartitionLag(int Partition, long Lag)
{
    /// <summary>The topic, if a job reads several.</summary>
    public string? Topic { get; init; }
}
