namespace Serverless.TestServers.Kafka;

/// <summary>Kafka's numbers of the requests that are more than passed on.</summary>
internal static class ApiKey
{
    public const short Produce = 0;
    public const short Fetch = 1;
    public const short Metadata = 3;
    public const short FindCoordinator = 10;
    public const short SaslHandshake = 17;
    public const short ApiVersions = 18;
    public const short SaslAuthenticate = 36;
}
