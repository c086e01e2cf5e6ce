using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Lookup;
using Serverless.Connectors.Registry;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;
using Serverless.Engine.Runtime;

namespace Serverless.App.Jobs;

/// <summary>A job of the app, with all it needs to run.</summary>
internal sealed class AppJob : IAsyncDisposable
{
    private static readonly TimeSpan DefaultFlushInterval = TimeSpan.FromSeconds(1);

    private readonly List<IRangeReader> _readers = [];
    private readonly List<ITableLookup> _lookups = [];

    /// <summary>Makes one.</summary>
    /// <param name="job">The job.</param>
    /// <param name="sources">Its sources, in its order. Its to dispose of.</param>
    /// <param name="flushInterval">How long rows may be held back; null where the script does not say.</param>
    /// <param name="letters">Where its dead letters go.</param>
    /// <param name="sinks">Its sink.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Told what the client library says.</param>
    /// <param name="metrics">Counts visits to its sink; null for nobody.</param>
    /// <param name="lookups">Makes what finds rows in a table that it looks up; null if there are none.</param>
    /// <param name="keys">Where cold keys lie; null if entities keep all their keys.</param>
    public AppJob(
        DurableJob job, IReadOnlyList<AppSource> sources, TimeSpan? flushInterval, DeadLetterLog letters, SinkPool sinks, TimeProvider clock, ILogger? logger = null, JobMetrics? metrics = null,
        Func<DataflowLookup, ITableLookup>? lookups = null, IKeyStore? keys = null)
    {
        (Job, Sources, Letters, Sinks) = (job, sources, letters, sinks);
        FlushInterval = flushInterval ?? DefaultFlushInterval;
        // The pulse has readers and lookups of its own: it reads while batches come.
        List<JobSource> read = [.. sources.Select(s => new JobSource(s.Trigger.Topic, Reader(s)))];
        Dataflow = job.Stages is null ? null : new DataflowIngest(job, read, letters, clock, Lookups());
        Ingest = job.Stages is null ? new DurableIngest(job, sources[0].Trigger.Topic, letters, clock, Reader(sources[0])) : null;
        Pulse = new Pulse(job, read, clock, Lookups(), letters);
        Change = new ScriptChange(job, read, new ConnectorCatalog(JobLoader.Folder), clock, keys);
        Keys = keys;
        OutboxKeys = new OutboxKeys(keys);
        Cells = new CellRunner(job, keys);
        Stages = job.Stages is null ? null : new StageDispatcher(job, keys);
        Writer = new OutboxFlush(job, letters, clock, metrics);
        EntityKeys = new EntityKeys(job);

        List<ITableLookup> Lookups()
        {
            List<ITableLookup> made = [.. Engine.Runtime.Dataflow.LookupsOf(job.Job).Select(l => lookups?.Invoke(l) ?? throw new ArgumentException($"the job looks rows up in '{l.Table.Name}'", nameof(lookups)))];
            _lookups.AddRange(made);
            return made;
        }

        IRangeReader? Reader(AppSource source)
        {
            if (source.Kafka is null)
                return null;
            var reader = new KafkaRangeReader(source.Kafka, source.ConsumerGroup, logger ?? NullLogger.Instance) { ReadsKeys = source.ReadsKeys };
            _readers.Add(source.Schemas is { } schemas ? new RegistryRangeReader(reader, schemas) : reader);
            return _readers[^1];
        }
    }

    /// <summary>The job and its state's generation.</summary>
    public DurableJob Job { get; }

    /// <summary>Its name.</summary>
    public string Name => Job.Job.Name;

    /// <summary>Its sources, in the job's order.</summary>
    public IReadOnlyList<AppSource> Sources { get; }

    /// <summary>How long rows may be held back to be written together.</summary>
    public TimeSpan FlushInterval { get; }

    /// <summary>Where its dead letters go.</summary>
    public DeadLetterLog Letters { get; }

    /// <summary>Its sink.</summary>
    public SinkPool Sinks { get; }

    /// <summary>Batches of a job of one stage to signals; one batch at a time, under <see cref="Gate"/>. Null for other jobs.</summary>
    public DurableIngest? Ingest { get; }

    /// <summary>Batches of a job of several stages to signals; one batch at a time, under <see cref="Gate"/>. Null for a job of one stage.</summary>
    public DataflowIngest? Dataflow { get; }

    /// <summary>Held by who uses <see cref="Ingest"/> or <see cref="Dataflow"/>.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Passes by its entities.</summary>
    public Pulse Pulse { get; }

    /// <summary>Does what is left to do after its script was edited.</summary>
    public ScriptChange Change { get; }

    /// <summary>Where cold keys lie; null if entities keep all their keys.</summary>
    public IKeyStore? Keys { get; }

    /// <summary>The same behind its outputs.</summary>
    public OutboxKeys OutboxKeys { get; }

    /// <summary>What its entities of groups and shards do.</summary>
    public CellRunner Cells { get; }

    /// <summary>What its cells of stages do; null for a job of one stage.</summary>
    public StageDispatcher? Stages { get; }

    /// <summary>Writes its output.</summary>
    public OutboxFlush Writer { get; }

    /// <summary>Which entity holds what.</summary>
    public EntityKeys EntityKeys { get; }

    /// <summary>Returns the id of a source's function: it tells of which generation the trigger is that calls, so that no other one's offsets are ever counted.</summary>
    public string FunctionIdOf(AppSource source) => $"{source.Function}-{Job.Generation.Id}";

    /// <summary>Returns the topic of a source, if there are several.</summary>
    public string? TopicOf(AppSource source) => Sources.Count == 1 ? null : source.Trigger.Topic;

    /// <summary>Returns what a partition is called: by its number, and by its topic if there are several.</summary>
    public string NameOf(int source, int partition) =>
        Sources.Count == 1 ? partition.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{partition} of topic '{Sources[source].Trigger.Topic}'");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
            await reader.DisposeAsync();
        foreach (var lookup in _lookups)
            await lookup.DisposeAsync();
        foreach (var source in Sources)
            source.Schemas?.Dispose();
        await Sinks.DisposeAsync();
        await Letters.DisposeAsync();
        Gate.Dispose();
    }
}
