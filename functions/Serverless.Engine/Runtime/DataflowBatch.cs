using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>What a batch of records comes to.</summary>
/// <param name="Changes">The rows of the sink that change.</param>
/// <param name="DeadLetters">The records and rows that could not be used.</param>
/// <param name="Records">The records read.</param>
/// <param name="Duplicates">Those that had been applied before.</param>
/// <param name="Skipped">Tombstones, and records that <c>json.ignore-parse-errors</c> drops.</param>
public sealed record DataflowBatch(IReadOnlyList<RowChange> Changes, IReadOnlyList<DeadLetter> DeadLetters, int Records, int Duplicates, int Skipped)
{
    /// <summary>The rows that were added though the watermark had passed the end of their window: each takes the place of one that was added before.</summary>
    public int Late { get; init; }
}
