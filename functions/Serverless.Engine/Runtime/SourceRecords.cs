using Serverless.Engine.Ingest;

namespace Serverless.Engine.Runtime;

/// <summary>Records of one source of a dataflow; each partition's in the order of their offsets.</summary>
/// <param name="Source">The place of the source among <see cref="Job.Sources"/>.</param>
/// <param name="Records">The records.</param>
public readonly record struct SourceRecords(int Source, IReadOnlyList<Record> Records);
