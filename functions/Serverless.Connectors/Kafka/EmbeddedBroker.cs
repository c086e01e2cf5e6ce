using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// A Kafka broker in this process, for trying things out: librdkafka's mock cluster. It has no TLS and no users, keeps everything in
/// memory and ends with the process. Of each partition it keeps about 5 MB and drops the oldest beyond, read or not; so feed it
/// with <see cref="FeedAsync"/>, which waits for the readers.
/// </summary>
public sealed class EmbeddedBroker : IDisposable
{
    /// <summary>The partitions of a topic that nobody created before it was written to.</summary>
    public const int DefaultPartitions = 4;

    // The broker keeps 5 MiB of each partition, headers included; all that is unread may be in one of them.
    private const long Capacity = 4 * 1024 * 1024;

    // Half of what it keeps: to make room it may drop no more than all but the newest record, and loses the one that comes if that is too little.
    private const int LargestFed = (5 * 1024 * 1024 / 2) - 1024;

    private readonly MockCluster _cluster = new(brokers: 1);
    private readonly ConcurrentDictionary<string, FeedGate> _gates = new();

    /// <summary>Where clients find it: an address of this machine with a free port.</summary>
    public string BootstrapServers => _cluster.BootstrapServers;

    /// <summary>Different for each broker: what one has told a job says nothing of another's records, though their offsets are alike.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N")[..8];

    internal ReadProgress Progress { get; } = new();

    internal MockCluster Cluster => _cluster;

    /// <summary>Makes a topic, with another number of partitions than <see cref="DefaultPartitions"/>.</summary>
    public void CreateTopic(string name, int partitions) => _cluster.CreateTopic(name, partitions);

    /// <summary>
    /// Sends events to a topic and never runs further ahead of its readers than the broker keeps. Open all sources that are to read the
    /// topic first: it waits for those that are there, and where there are none, for one to come.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="events">The events, each a JSON object.</param>
    /// <param name="logger">Told what is waited for.</param>
    /// <param name="recordKey">What becomes a record's key; null for none.</param>
    /// <param name="progress">Told the number sent so far, now and then.</param>
    /// <param name="refused">Told of an event that is larger than the broker can keep for its readers: its number, from 1, its bytes, and why; without it such an event is an error.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <returns>The number of events sent.</returns>
    /// <exception cref="ConnectorException">The broker did not take a record.</exception>
    public async Task<long> FeedAsync(
        string topic, IAsyncEnumerable<byte[]> events, ILogger logger, RecordKey? recordKey = null, IProgress<long>? progress = null,
        Action<long, byte[], string>? refused = null, CancellationToken cancellationToken = default)
    {
        using var producer = new KafkaProducer(KafkaSettings.Plain(BootstrapServers), logger);
        var gate = _gates.GetOrAdd(topic, t => new FeedGate(Progress, t, Capacity, LargestFed));
        return await producer.SendThroughAsync(gate, topic, events, recordKey, progress, refused, cancellationToken);
    }

    /// <summary>Ends it, with all it holds. Close its readers first.</summary>
    public void Dispose() => _cluster.Dispose();
}
