using Serverless.Engine.Ingest;

namespace Serverless.Connectors;

/// <summary>
/// Reads records that are made as they are read: partition 0, a record's number its offset. A number of records is given out as fast as it is read; without one a record
/// comes when it would happen, counted from when the source is opened.
/// </summary>
/// <param name="topic">What dead letters call it.</param>
/// <param name="count">How many there are; null for no end.</param>
/// <param name="perSecond">How many come in a second, without an end.</param>
/// <param name="positions">Keeps the number of the record to read next; null to begin with the first each time.</param>
/// <param name="clock">The clock.</param>
public abstract class GeneratedSource(string topic, long? count, int perSecond, IPositionStore? positions, TimeProvider clock) : ISource
{
    private long _next;
    private long _saved;
    private long _first;
    private long? _opened;

    /// <inheritdoc />
    public string Topic => topic;

    /// <inheritdoc />
    public SourceHealth Health => new(_opened is null ? null : true);

    private long End => count ?? _first + (long)(clock.GetElapsedTime(_opened ?? clock.GetTimestamp()).TotalSeconds * perSecond);

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _next = _saved = _first = positions is null ? 0 : await positions.LoadAsync(cancellationToken) ?? 0;
        _opened = clock.GetTimestamp();
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionBounds>>([new PartitionBounds(0, 0, _next, End)]);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        var batch = new List<Record>();
        for (var end = Math.Min(End, _next + maxRecords); _next < end; _next++)
            batch.Add(Make(_next));
        if (batch.Count == 0)
            await Task.Delay(wait, clock, cancellationToken);
        return batch;
    }

    /// <inheritdoc />
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (positions is null || _next == _saved)
            return;
        await positions.SaveAsync(_next, cancellationToken);
        _saved = _next;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartitionLag>?>([new(0, Math.Max(0, End - _next))]);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>The clock.</summary>
    protected TimeProvider Clock => clock;

    /// <summary>Makes a record.</summary>
    /// <param name="number">Its number, from 0.</param>
    protected abstract Record Make(long number);
}
