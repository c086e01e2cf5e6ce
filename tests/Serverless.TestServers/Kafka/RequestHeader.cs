namespace Serverless.TestServers.Kafka;

/// <summary>What a request begins with.</summary>
/// <param name="Key">The kind of request.</param>
/// <param name="Version">The version of the kind.</param>
/// <param name="CorrelationId">What its answer begins with.</param>
internal readonly record struct RequestHeader(short Key, short Version, int CorrelationId)
{
    public static RequestHeader Read(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        return new RequestHeader(reader.Int16(), reader.Int16(), reader.Int32());
    }

    /// <summary>What follows the header of a request without tagged fields.</summary>
    public static ProtocolReader Body(byte[] frame)
    {
        var reader = new ProtocolReader(frame);
        reader.Skip(8);
        reader.String(); // the client's id
        return reader;
    }
}
