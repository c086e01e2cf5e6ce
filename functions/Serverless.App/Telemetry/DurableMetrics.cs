using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;
using Serverless.Engine.Ingest;

namespace Serverless.App.Telemetry;

/// <summary>What the app counts, each by job: what <see cref="JobMetrics"/> has, and what only durable entities have.</summary>
internal sealed class DurableMetrics
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(2);

    private readonly Counter<long> _signals;
    private readonly Counter<long> _operations;
    private readonly Counter<long> _deferred;
    private readonly Counter<long> _failedBatches;
    private readonly Counter<long> _gaps;
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, TimeSpan Standstill)> _standstills = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, int Bytes)> _largestKeys = new();
    private readonly TimeProvider _clock;

    /// <summary>Makes the instruments.</summary>
    public DurableMetrics(JobMetrics jobs, IMeterFactory meters, TimeProvider? clock = null)
    {
        (Jobs, _clock) = (jobs, clock ?? TimeProvider.System);
        var meter = meters.Create(JobMetrics.Name);
        _signals = meter.CreateCounter<long>("serverless.signals", "{message}", "Durable messages sent");
        _operations = meter.CreateCounter<long>("serverless.operations", "{operation}", "Operations of entities");
        _deferred = meter.CreateCounter<long>("serverless.operations.deferred", "{operation}", "Operations of entities that failed and are put off");
        _gaps = meter.CreateCounter<long>("serverless.gaps", "{gap}", "Offsets that did not reach a group, and are read again");
        meter.CreateObservableGauge("serverless.largest_key", LargestKeys, "By", "The largest state of a key that is too large to leave its entity, so that each operation carries it");
        meter.CreateObservableGauge("serverless.standstill", Standstills, "s", "For how long records have waited in a partition of the topic while none was committed");
        _failedBatches = meter.CreateCounter<long>("serverless.failed_batches", "{batch}", "Batches that failed and come again");
    }

    /// <summary>What both hosts count.</summary>
    public JobMetrics Jobs { get; }

    /// <summary>A batch is stored.</summary>
    public void Ingested(string job, IngestedBatch batch, int signals)
    {
        Jobs.Ingested(job, batch);
        _signals.Add(signals, Tag(job));
    }

    /// <summary>A batch of a job of several stages is stored.</summary>
    public void Ingested(string job, int records, int letters, int signals)
    {
        Jobs.Ingested(job, records, records - letters, 0, 0);
        _signals.Add(signals, Tag(job));
    }

    /// <summary>A batch failed.</summary>
    public void IngestFailed(string job) => _failedBatches.Add(1, Tag(job));

    /// <summary>An entity has done something.</summary>
    public void Operated(string job, EntityKind kind, int signals)
    {
        _operations.Add(1, Tag(job), new KeyValuePair<string, object?>("entity", kind.ToString()));
        _signals.Add(signals, Tag(job));
    }

    /// <summary>An operation failed and is put off.</summary>
    public void Deferred(string job, EntityKind kind) => _deferred.Add(1, Tag(job), new KeyValuePair<string, object?>("entity", kind.ToString()));

    /// <summary>An operation carried the state of a key that is too large to leave its entity.</summary>
    public void Carries(string job, int bytes)
    {
        var now = _clock.GetUtcNow();
        _largestKeys.AddOrUpdate(job, _ => (now, bytes), (_, known) => bytes >= known.Bytes || now - known.At >= GoodFor ? (now, bytes) : known);
    }

    /// <summary>Gaps were found.</summary>
    public void FoundGaps(string job, int gaps) => _gaps.Add(gaps, Tag(job));

    /// <summary>Says for how long records have waited while none was committed.</summary>
    public void StandsStill(string job, TimeSpan standstill) => _standstills[job] = (_clock.GetUtcNow(), standstill);

    // The next pulse may be another instance's, and what this one knew is no more so.
    private IEnumerable<Measurement<long>> Standstills() =>
        _standstills.Where(s => _clock.GetUtcNow() - s.Value.At < GoodFor).Select(s => new Measurement<long>((long)s.Value.Standstill.TotalSeconds, Tag(s.Key)));

    private IEnumerable<Measurement<long>> LargestKeys() => _largestKeys.Where(k => _clock.GetUtcNow() - k.Value.At < GoodFor).Select(k => new Measurement<long>(k.Value.Bytes, Tag(k.Key)));

    private static KeyValuePair<string, object?> Tag(string job) => new("job", job);
}
