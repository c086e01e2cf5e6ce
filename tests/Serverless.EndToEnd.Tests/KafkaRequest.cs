namespace Serverless.EndToEnd.Tests;

/// <summary>Kafka's numbers of the requests that a run makes.</summary>
internal static class KafkaRequest
{
    public const short Fetch = 1;
    public const short ListOffsets = 2;
    public const short Metadata = 3;
    public const short OffsetCommit = 8;
    public const short OffsetFetch = 9;
    public const short FindCoordinator = 10;
}
