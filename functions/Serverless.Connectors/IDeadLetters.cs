using Serverless.Engine.Ingest;

namespace Serverless.Connectors;

/// <summary>Where dead letters go. Putting the same letter again leaves one.</summary>
public interface IDeadLetters : IAsyncDisposable
{
    /// <summary>Connects, and makes the place where it has to be made.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Puts letters. When it returns, all are durable.</summary>
    /// <exception cref="SinkUnavailableException">It could not be reached or gave up for now: put the same letters again later.</exception>
    Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);

    /// <summary>The letters there are, of one job or, with null, of all.</summary>
    Task<long> CountAsync(string? job, CancellationToken cancellationToken);
}
