using Serverless.Engine.Formats;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Registry;

/// <summary>Gives records the schemas that they were written with.</summary>
/// <param name="keys">The registry of the keys' schemas; null if keys have none. Its to dispose of.</param>
/// <param name="values">The registry of the values' schemas; null if values have none. Its to dispose of.</param>
public sealed class RecordSchemas(SchemaRegistryClient? keys, SchemaRegistryClient? values) : IDisposable
{
    /// <summary>Returns the records with their schemas.</summary>
    /// <exception cref="SinkUnavailableException">A registry could not be reached: try again later.</exception>
    /// <exception cref="ConnectorException">A registry does not let this user in.</exception>
    public async Task<IReadOnlyList<Record>> AddToAsync(IReadOnlyList<Record> records, CancellationToken cancellationToken)
    {
        var added = new Record[records.Count];
        for (var i = 0; i < added.Length; i++)
            added[i] = records[i] with
            {
                Schema = await SchemaAsync(values, records[i].Value, cancellationToken),
                KeySchema = await SchemaAsync(keys, records[i].Key, cancellationToken),
            };
        return added;
    }

    /// <inheritdoc />
    public void Dispose()
    {
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
