using System.Net;

namespace Serverless.TestServers.Kafka;

/// <summary>Replaces the brokers' addresses in answers.</summary>
internal static class BrokerAddresses
{
    public static byte[] InMetadata(byte[] frame, short version, Func<IPEndPoint, IPEndPoint> replace)
    {
        var isFlexible = version >= 9;
        var reader = new ProtocolReader(frame);
        var writer = new ProtocolWriter();
        CopyHeader(ref reader, writer, isFlexible);
        if (version >= 3)
            writer.Int32(reader.Int32()); // how long to wait
        var count = reader.Count(isFlexible);
        if (isFlexible)
            writer.VarInt(count + 1);
        else
            writer.Int32(count);
        for (var i = 0; i < count; i++)
        {
            CopyNode(ref reader, writer, isFlexible, replace);
            if (version >= 1)
                writer.String(reader.String(isFlexible), isFlexible); // the rack
            if (isFlexible)
                CopyNoTags(ref reader, writer);
        }
        return writer.Raw(reader.Rest).ToArray();
    }

    public static byte[] InCoordinator(byte[] frame, short version, Func<IPEndPoint, IPEndPoint> replace)
    {
        var isFlexible = version >= 3;
        var reader = new ProtocolReader(frame);
        var writer = new ProtocolWriter();
        CopyHeader(ref reader, writer, isFlexible);
        if (version >= 1)
            writer.Int32(reader.Int32()); // how long to wait
        writer.Int16(reader.Int16());
        if (version >= 1)
            writer.String(reader.String(isFlexible), isFlexible); // the error in words
        CopyNode(ref reader, writer, isFlexible, replace);
        return writer.Raw(reader.Rest).ToArray();
    }

    private static void CopyHeader(ref ProtocolReader reader, ProtocolWriter writer, bool isFlexible)
    {
        writer.Int32(reader.Int32());
        if (isFlexible)
            CopyNoTags(ref reader, writer);
    }

    private static void CopyNode(ref ProtocolReader reader, ProtocolWriter writer, bool isFlexible, Func<IPEndPoint, IPEndPoint> replace)
    {
        writer.Int32(reader.Int32());
        var (host, port) = (reader.String(isFlexible), reader.Int32());
        // An answer that is an error names no broker.
        if (IPAddress.TryParse(host, out var address) && port > 0)
        {
            var front = replace(new IPEndPoint(address, port));
            (host, port) = (front.Address.ToString(), front.Port);
        }
        writer.String(host, isFlexible).Int32(port);
    }

    private static void CopyNoTags(ref ProtocolReader reader, ProtocolWriter writer)
    {
        reader.SkipTags();
        writer.VarInt(0);
    }
}
