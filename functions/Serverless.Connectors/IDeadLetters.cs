using Serverless.Engine.Ingest;

namespace Serverless.Connectors;

/// <summary>A log of dead letters. A letter may be added again: a log that cannot tell keeps both, each with what identifies it.</summary>
public interface IDeadLetters : IAsyncDisposable
{
    /// <summary>Where they are, for a user: as in "dead letters are in …".</summary>
    string Place { get; }

    /// <summary>Connects, and makes the place where it has to be made.</summary>
    /// <exception cref="SinkUnavailableException">It could not be reached: try again later.</exception>
    /// <exception cref="ConnectorException">It is not there and cannot be made.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Puts letters. When it returns, all are durable.</summary>
    /// <exception cref="SinkUnavailableException">It could not be reached or gave up for now: put the same letters again later.</exception>
    Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);

    /// <summary>The number of letters of one job or, with null, of all; if they cannot be counted, of those that were added since the log was opened.</summary>
    Task<long> CountAsync(string? job, CancellationToken cancellationToken);

    /// <summary>
    /// The last letters of a job, the newest first; some of them, or none, where the place cannot be asked now. It needs no <see cref="OpenAsync"/>, may
    /// be asked while letters are written, and often: what it says may be some seconds old.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="most">The most letters.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken);

    /// <summary>
    /// The letters of a job that there are, whoever put them; one that was put twice counts twice in a place that keeps both. Null if it would take
    /// reading a lot to know. May be asked as <see cref="LastAsync"/> may.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<long?> TotalAsync(string job, CancellationToken cancellationToken);
}

/// <summary>A dead letter without its value: where it came from, and why it is one.</summary>
/// <param name="Reason">Why, in words.</param>
/// <param name="Topic">The record's topic; null if it is a row.</param>
/// <param name="Partition">The record's partition; null if it is a row, or an event that could not be sent to the topic.</param>
/// <param name="Offset">The record's offset; null if it is a row; of an event that could not be sent, its number in the feed, from 1.</param>
/// <param name="Row">The row's key; null if it is a record.</param>
public sealed record DeadLetterLine(string Reason, string? Topic, int? Partition, long? Offset, string? Row);
