using Serverless.Engine.State;

namespace Serverless.Connectors;

/// <summary>A table that rows are written to. Writes are idempotent: the same changes again leave the same table.</summary>
public interface ISink : IAsyncDisposable
{
    /// <summary>The most changes that one <see cref="WriteAsync"/> takes.</summary>
    int MaxRows { get; }

    /// <summary>Connects, and makes the table where the sink owns it.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes changes, at most one per key. When it returns, all are durable but those it names.
    /// </summary>
    /// <returns>The changes that the sink refuses for good, each with the reason; usually none.</returns>
    /// <exception cref="SinkUnavailableException">The sink could not be reached or gave up for now: write the same changes again later.</exception>
    Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken);
}

/// <summary>A change that a sink refuses for good.</summary>
public sealed record RefusedChange(RowChange Change, string Reason);

/// <summary>A sink that cannot take rows now and may later.</summary>
public sealed class SinkUnavailableException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public SinkUnavailableException() { }

    /// <summary>Makes one with a message.</summary>
    public SinkUnavailableException(string message) : base(message) { }

    /// <summary>Makes one with a message and its cause.</summary>
    public SinkUnavailableException(string message, Exception inner) : base(message, inner) { }
}
