using Serverless.Connectors;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;

namespace Serverless.Local.Running;

/// <summary>What a batch of records came to; its rows are in the job's output.</summary>
/// <param name="Records">The records read.</param>
/// <param name="Events">Those that passed WHERE.</param>
/// <param name="Skipped">Tombstones, and records that <c>json.ignore-parse-errors</c> drops.</param>
/// <param name="Duplicates">Those that had been applied before.</param>
/// <param name="DeadLetters">The records that could not be used.</param>
/// <param name="Oldest">The timestamp of each partition's oldest record that changed something, in milliseconds since 1970.</param>
/// <param name="Slices">The slices that were cut of it, if it was cut.</param>
internal sealed record AppliedBatch(int Records, int Events, int Skipped, long Duplicates, IReadOnlyList<DeadLetter> DeadLetters, IReadOnlyList<long> Oldest, long Slices = 0)
{
    /// <summary>The rows of windows that are written once more because a record came after the watermark.</summary>
    public int Late { get; init; }
}

/// <summary>What makes rows of a job's records and keeps its state: groups that apply records themselves, or a dataflow of operators.</summary>
internal interface IPipeline
{
    /// <summary>The groups there are, or the keys of all operators.</summary>
    long Groups { get; }

    /// <summary>Whether so much is yet to be stored that no more should be read before.</summary>
    bool IsFull { get; }

    /// <summary>Whether the job has caught up with what it was before, whose rows are still there.</summary>
    bool IsCaughtUp { get; }

    /// <summary>Finds out where reading starts, unless that is known.</summary>
    /// <param name="records">What has been read and not applied yet.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="CommandException">The job cannot go on with this script.</exception>
    ValueTask StartAsync(IReadOnlyList<SourceRecords> records, CancellationToken cancellationToken);

    /// <summary>Writes rows again if that is due, before anything is read.</summary>
    Task WriteAgainAsync(CancellationToken cancellationToken);

    /// <summary>Applies records. Their rows go to the job's output.</summary>
    /// <exception cref="CommandException">Stored state cannot be read.</exception>
    /// <exception cref="SinkUnavailableException">A table that rows are looked up in cannot be reached now: nothing is applied, and the same records can be applied again.</exception>
    ValueTask<AppliedBatch> ApplyAsync(IReadOnlyList<SourceRecords> records, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores what has changed.</summary>
    Task SaveAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes note of how far reading is behind.</summary>
    void Read(int source, IReadOnlyList<PartitionLag> lags);

    /// <summary>Ends the catching up. All that was read is stored and written.</summary>
    Task FinishAsync(CancellationToken cancellationToken);

    /// <summary>The letters of rows that could not be made for a minute.</summary>
    IReadOnlyList<DeadLetter> TakeOldFailures();

    /// <summary>The letters of all rows that cannot be made: there is nothing more to come.</summary>
    IReadOnlyList<DeadLetter> TakeAllFailures();
}
