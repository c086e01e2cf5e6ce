using Microsoft.Extensions.Logging;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Registry;

/// <summary>Gives the records of another source the schemas that they were written with. While the registry cannot be reached, records wait here, and are not committed.</summary>
/// <param name="source">The source; its to dispose of.</param>
/// <param name="schemas">The schemas; its to dispose of.</param>
/// <param name="logger">Told what is waited for.</param>
public sealed class RegistrySource(ISource source, RecordSchemas schemas, ILogger logger) : ISource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private IReadOnlyList<Record> _waiting = [];
    private string? _problem;

    /// <inheritdoc />
    public string Topic => source.Topic;

    /// <inheritdoc />
    public SourceHealth Health => _problem is { } problem ? new SourceHealth(false, problem) : source.Health;

    /// <inheritdoc />
    public Task OpenAsync(CancellationToken cancellationToken) => source.OpenAsync(cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) => source.BoundsAsync(cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
            _waiting = await source.ReadAsync(maxRecords, wait, cancellationToken);
        try
        {
            var records = await schemas.AddToAsync(_waiting, cancellationToken);
            (_waiting, _problem) = ([], null);
            return records;
        }
        catch (SinkUnavailableException e)
        {
            if (_problem is null)
                logger.LogWarning("{Message}; still trying", e.Message);
            _problem = e.Message;
            await Task.Delay(Pause, cancellationToken);
            return [];
        }
    }

    /// <inheritdoc />
    public Task CommitAsync(CancellationToken cancellationToken) => _waiting.Count > 0 ? Task.CompletedTask : source.CommitAsync(cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken) => _waiting.Count > 0 ? null : await source.LagAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        schemas.Dispose();
    }
}
