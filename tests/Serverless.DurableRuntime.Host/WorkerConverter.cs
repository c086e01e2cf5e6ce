using System.Text;
using Azure.Core.Serialization;
using Microsoft.DurableTask;

namespace Serverless.DurableRuntime.Host;

/// <summary>What the worker's extension puts around the worker's serializer.</summary>
/// <param name="serializer">The worker's serializer.</param>
internal sealed class WorkerConverter(ObjectSerializer serializer) : DataConverter
{
    /// <inheritdoc />
    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null)
            return null;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(data));
        return serializer.Deserialize(stream, targetType, default);
    }

    /// <inheritdoc />
    public override string? Serialize(object? value) => value is null ? null : serializer.Serialize(value, value.GetType(), default).ToString();
}
