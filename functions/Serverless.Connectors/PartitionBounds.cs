namespace Serverless.Connectors;

/// <summary>The offsets of a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first that it still has.</param>
/// <param name="Next">The one that is read next.</param>
/// <param name="End">The one behind its last.</param>
public readonly record struct PartitionBounds(int Partition, long First, long Next, long End);
