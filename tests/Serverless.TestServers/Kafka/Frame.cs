using System.Buffers.Binary;

namespace Serverless.TestServers.Kafka;

/// <summary>A request or an answer as bytes, with its length in front.</summary>
internal static class Frame
{
    private const int Most = 100 * 1024 * 1024;

    /// <summary>Reads one, without its length; null at the stream's end.</summary>
    /// <exception cref="InvalidDataException">What comes is not Kafka's protocol.</exception>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[4];
        if (await stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, cancellationToken) < length.Length)
            return null;
        if (BinaryPrimitives.ReadInt32BigEndian(length) is not (>= 0 and <= Most and var size))
            throw new InvalidDataException("the frame is too long");
        var frame = new byte[size];
        await stream.ReadExactlyAsync(frame, cancellationToken);
        return frame;
    }

    /// <summary>Writes one.</summary>
    public static async Task WriteAsync(Stream stream, byte[] frame, CancellationToken cancellationToken)
    {
        await stream.WriteAsync((byte[])[.. new ProtocolWriter().Int32(frame.Length).ToArray(), .. frame], cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }
}
