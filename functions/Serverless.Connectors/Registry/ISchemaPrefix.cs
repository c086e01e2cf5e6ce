namespace Serverless.Connectors.Registry;

/// <summary>The bytes that stand before every value of one schema: see <see cref="Serverless.Engine.Formats.RegistryPrefix"/>.</summary>
public interface ISchemaPrefix
{
    /// <summary>The bytes, once it is open.</summary>
    ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Asks for the schema's number.</summary>
    /// <exception cref="SinkUnavailableException">The registry could not be reached: try again later.</exception>
    /// <exception cref="ConnectorException">The registry refuses the schema, or does not let this user in.</exception>
    Task OpenAsync(CancellationToken cancellationToken);
}
