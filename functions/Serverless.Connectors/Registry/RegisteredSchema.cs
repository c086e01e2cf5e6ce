using System.Buffers.Binary;
using Serverless.Engine.Formats;

namespace Serverless.Connectors.Registry;

/// <summary>A schema that rows are written by, under the number that a registry gives it.</summary>
/// <param name="client">The registry.</param>
/// <param name="subject">What it is registered as.</param>
/// <param name="schema">The schema.</param>
internal sealed class RegisteredSchema(SchemaRegistryClient client, string subject, AvroSchema schema) : ISchemaPrefix
{
    private readonly byte[] _bytes = new byte[RegistryPrefix.Length];

    /// <inheritdoc />
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var id = await client.RegisterAsync(subject, schema.Text, cancellationToken);
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(1), id);
    }
}
