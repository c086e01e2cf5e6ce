namespace Serverless.Connectors.Registry;

/// <summary>Gives the records that are read again the schemas that they were written with.</summary>
/// <param name="reader">Reads them; its to dispose of.</param>
/// <param name="schemas">The schemas.</param>
public sealed class RegistryRangeReader(IRangeReader reader, RecordSchemas schemas) : IRangeReader
{
    /// <inheritdoc />
    public async Task<RecordRange> ReadAsync(int partition, long first, long last, CancellationToken cancellationToken)
    {
        var range = await reader.ReadAsync(partition, first, last, cancellationToken);
        try
        {
            return range with { Records = await schemas.AddToAsync(range.Records, cancellationToken) };
        }
        catch (SinkUnavailableException e)
        {
            throw new SourceUnavailableException(e.Message);
        }
    }

    /// <inheritdoc />
    public Task<OffsetRangeContent> InspectAsync(int partition, long first, long last, CancellationToken cancellationToken) => reader.InspectAsync(partition, first, last, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reader.DisposeAsync();
}
