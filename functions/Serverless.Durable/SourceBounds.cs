using Serverless.Connectors;

namespace Serverless.Durable;

/// <summary>Where a topic that a job reads begins and ends.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">Its partitions, with what is read first of them; null if that is not known.</param>
public sealed record SourceBounds(string Topic, IReadOnlyList<PartitionBounds>? Partitions);
