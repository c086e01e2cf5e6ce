using Microsoft.Extensions.Logging;
using Serverless.Engine.Formats;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Registry;

/// <summary>Gives the records of another source the schemas that they were written with. While the registry cannot be reached, records wait here, and are not committed.</summary>
/// <param name="source">The source; its to dispose of.</param>
/// <param name="keys">The registry of the keys' schemas; null if keys have none. Its to dispose of.</param>
/// <param name="values">The registry of the values' schemas; null if values have none. Its to dispose of.</param>
/// <param name="logger">Told what is waited for.</param>
public sealed class RegistrySource(ISource source, SchemaRegistryClient? keys, SchemaRegistryClient? values, ILogger logger) : ISource
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
            var records = new Record[_waiting.Count];
            for (var i = 0; i < records.Length; i++)
                records[i] = _waiting[i] with
                {
                    Schema = await SchemaAsync(values, _waiting[i].Value, cancellationToken),
                    KeySchema = await SchemaAsync(keys, _waiting[i].Key, cancellationToken),
                };
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
        keys?.Dispose();
        values?.Dispose();
    }

    private static async ValueTask<WriterSchema?> SchemaAsync(SchemaRegistryClient? registry, byte[]? bytes, CancellationToken cancellationToken)
    {
        if (registry is null || !RegistryPrefix.TryRead(bytes, out var id))
            return null;
        return registry.Known(id) ?? await registry.SchemaAsync(id, cancellationToken);
    }
}
