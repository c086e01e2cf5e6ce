namespace Serverless.Connectors;

/// <summary>Keeps how far a source has been read, where the source has no place of its own for it.</summary>
public interface IPositionStore
{
    /// <summary>The position kept last; null if none was.</summary>
    Task<long?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a position. When it returns, the position is durable.</summary>
    Task SaveAsync(long position, CancellationToken cancellationToken);
}
