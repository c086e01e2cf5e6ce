using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.App.Triggers;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;

namespace Serverless.App.Jobs;

/// <summary>A job of the app, with all it needs to run.</summary>
internal sealed class AppJob : IAsyncDisposable
{
    private static readonly TimeSpan DefaultFlushInterval = TimeSpan.FromSeconds(1);

    private readonly KafkaRangeReader[] _readers;

    /// <summary>Makes one.</summary>
    /// <param name="job">The job.</param>
    /// <param name="function">Its function's name.</param>
    /// <param name="trigger">What its trigger is told.</param>
    /// <param name="consumerGroup">The consumer group that keeps its offsets.</param>
    /// <param name="flushInterval">How long rows may be held back; null where the script does not say.</param>
    /// <param name="letters">Where its dead letters go.</param>
    /// <param name="sinks">Its sink.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="kafka">How its topic is reached; null if it cannot be read again.</param>
    /// <param name="logger">Told what the client library says.</param>
    /// <param name="metrics">Counts visits to its sink; null for nobody.</param>
    public AppJob(
        DurableJob job, string function, KafkaTrigger trigger, string consumerGroup, TimeSpan? flushInterval, DeadLetterLog letters, SinkPool sinks, TimeProvider clock,
        KafkaSettings? kafka = null, ILogger? logger = null, JobMetrics? metrics = null)
    {
        Kafka = kafka;
        // One each: they read at the same time.
        _readers = kafka is null ? [] : [Reader(), Reader()];
        (Job, Function, Trigger, ConsumerGroup, Letters, Sinks) = (job, function, trigger, consumerGroup, letters, sinks);
        FlushInterval = flushInterval ?? DefaultFlushInterval;
        Ingest = new DurableIngest(job, trigger.Topic, letters, clock, _readers.FirstOrDefault());
        Pulse = new Pulse(job, [new JobSource(trigger.Topic, _readers.LastOrDefault())], clock);
        Change = new ScriptChange(job, _readers.LastOrDefault(), new ConnectorCatalog(), clock);
        Cells = new CellDispatcher(job);
        Stages = job.Stages is null ? null : new StageDispatcher(job);
        Writer = new OutboxFlush(job, letters, clock, metrics);
        EntityKeys = new EntityKeys(job);

        KafkaRangeReader Reader() => new(kafka, consumerGroup, logger ?? NullLogger.Instance);
    }

    /// <summary>The job and its state's generation.</summary>
    public DurableJob Job { get; }

    /// <summary>Its name.</summary>
    public string Name => Job.Job.Name;

    /// <summary>Its function's name.</summary>
    public string Function { get; }

    /// <summary>Its function's id: it tells of which generation the trigger is that calls, so that no other one's offsets are ever counted.</summary>
    public string FunctionId => $"{Function}-{Job.Generation.Id}";

    /// <summary>What its trigger is told.</summary>
    public KafkaTrigger Trigger { get; }

    /// <summary>The consumer group that keeps its offsets.</summary>
    public string ConsumerGroup { get; }

    /// <summary>How its topic is reached.</summary>
    public KafkaSettings? Kafka { get; }

    /// <summary>Sees to it that its topic stays the same; null where nothing is known of it.</summary>
    public TopicGuard? Topic { get; init; }

    /// <summary>How long rows may be held back to be written together.</summary>
    public TimeSpan FlushInterval { get; }

    /// <summary>Where its dead letters go.</summary>
    public DeadLetterLog Letters { get; }

    /// <summary>Its sink.</summary>
    public SinkPool Sinks { get; }

    /// <summary>Batches to signals; one batch at a time, under <see cref="Gate"/>.</summary>
    public DurableIngest Ingest { get; }

    /// <summary>Held by who uses <see cref="Ingest"/>.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Passes by its entities.</summary>
    public Pulse Pulse { get; }

    /// <summary>Does what is left to do after its script was edited.</summary>
    public ScriptChange Change { get; }

    /// <summary>What its entities of groups and shards do.</summary>
    public CellDispatcher Cells { get; }

    /// <summary>What its cells of stages do; null for a job of one stage.</summary>
    public StageDispatcher? Stages { get; }

    /// <summary>Writes its output.</summary>
    public OutboxFlush Writer { get; }

    /// <summary>Which entity holds what.</summary>
    public EntityKeys EntityKeys { get; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
            await reader.DisposeAsync();
        await Sinks.DisposeAsync();
        await Letters.DisposeAsync();
        Gate.Dispose();
    }
}
