using Serverless.Engine.Ingest;

namespace Serverless.Connectors;

/// <summary>Where dead letters go. A letter may be put again: a place that cannot tell keeps both, each with what identifies it.</summary>
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

    /// <summary>The letters there are, of one job or, with null, of all; where they cannot be counted, those that were put since it was opened.</summary>
    Task<long> CountAsync(string? job, CancellationToken cancellationToken);
}
