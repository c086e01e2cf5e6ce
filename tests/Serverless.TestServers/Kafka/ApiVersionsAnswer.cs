namespace Serverless.TestServers.Kafka;

/// <summary>What a broker says that it can do.</summary>
internal static class ApiVersionsAnswer
{
    // Answers of later versions may name brokers in tagged fields, where nobody replaces them.
    private const short LastFetch = 15;
    private const short LastProduce = 9;

    /// <summary>Adds the requests of a login.</summary>
    public static byte[] Change(byte[] frame, short version, bool hasUsers)
    {
        var reader = new ProtocolReader(frame);
        var (correlationId, error) = (reader.Int32(), reader.Int16());
        // One that cannot answer in this version says so, and is asked again.
        if (error != 0 || version > 2)
            return frame;
        var count = reader.Count(isCompact: false);
        var writer = new ProtocolWriter().Int32(correlationId).Int16(error).Int32(count + (hasUsers ? 2 : 0));
        for (var i = 0; i < count; i++)
        {
            var (key, first, last) = (reader.Int16(), reader.Int16(), reader.Int16());
            writer.Int16(key).Int16(first).Int16(key switch { ApiKey.Fetch => Math.Min(last, LastFetch), ApiKey.Produce => Math.Min(last, LastProduce), _ => last });
        }
        if (hasUsers)
            writer.Int16(ApiKey.SaslHandshake).Int16(0).Int16(1).Int16(ApiKey.SaslAuthenticate).Int16(0).Int16(1);
        return writer.Raw(reader.Rest).ToArray();
    }
}
