using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Telemetry;

/// <summary>What jobs do, counted: the instruments that both hosts have, each by job. Safe to use from any thread.</summary>
public sealed class JobMetrics
{
    /// <summary>What the meter is known by.</summary>
    public const string Name = "Serverless";

    private const string JobTag = "job";

    // From what a database in the same room takes to a visit that a timeout ends.
    private static readonly InstrumentAdvice<double> FlushBuckets = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };

    // From a quiet local run to a job that catches up on half a day.
    private static readonly InstrumentAdvice<double> DelayBuckets = new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 3600, 14400, 43200] };

    private readonly ConcurrentDictionary<string, long> _groups = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<PartitionLag>> _lags = new();
    private readonly Counter<long> _records;
    private readonly Counter<long> _events;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _slices;
    private readonly Counter<long> _letters;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _lateRows;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _failedWrites;
    private readonly Histogram<double> _flush;
    private readonly Histogram<double> _delay;
    private readonly Instrument _lag;
    private readonly Instrument _partitionLag;

    /// <summary>Makes the instruments.</summary>
    public JobMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _records = meter.CreateCounter<long>("serverless.records", "{record}", "Records read, each time they came");
        _events = meter.CreateCounter<long>("serverless.events", "{event}", "Events cut from records");
        _skipped = meter.CreateCounter<long>("serverless.skipped", "{record}", "Records without a value, or that the script says to skip");
        _slices = meter.CreateCounter<long>("serverless.slices", "{slice}", "Slices of batches, each of one group and partition");
        _letters = meter.CreateCounter<long>("serverless.dead_letters", "{record}", "Records and rows set aside with the reason");
        _duplicates = meter.CreateCounter<long>("serverless.duplicates", "{event}", "Events that had been applied before");
        _rows = meter.CreateCounter<long>("serverless.rows", "{row}", "Rows written or deleted");
        _lateRows = meter.CreateCounter<long>("serverless.rows.late", "{row}", "Rows of windows written once more because a record came after the watermark");
        _retries = meter.CreateCounter<long>("serverless.retries", "{write}", "Visits to a sink after one that it ended");
        _failedWrites = meter.CreateCounter<long>("serverless.failed_writes", "{write}", "Visits to a sink that it ended");
        _flush = meter.CreateHistogram("serverless.flush", "s", "How long a visit to a sink took", advice: FlushBuckets);
        _delay = meter.CreateHistogram("serverless.delay", "s", "From a record's timestamp to the acknowledgement of the rows it changed", advice: DelayBuckets);
        meter.CreateObservableGauge("serverless.groups", () => _groups.Select(g => new Measurement<long>(g.Value, Tag(g.Key))), "{group}", "Groups that the job keeps");
        _lag = meter.CreateObservableGauge(
            "serverless.lag", () => _lags.Select(l => new Measurement<long>(l.Value.Sum(p => p.Lag), Tag(l.Key))), "{record}", "Records of the topic that are not committed");
        _partitionLag = meter.CreateObservableGauge(
            "serverless.partition.lag", () => _lags.SelectMany(l => l.Value.Select(p => new Measurement<long>(p.Lag, TagsOf(l.Key, p)))), "{record}",
            "Records of a partition that are not committed");
    }

    /// <summary>Whether somebody listens to lag: to ask for it costs the brokers a request.</summary>
    public bool IsLagWanted => _lag.Enabled || _partitionLag.Enabled;

    /// <summary>Whether somebody listens to the delay.</summary>
    public bool IsDelayWanted => _delay.Enabled;

    /// <summary>A batch was cut into slices.</summary>
    public void Ingested(string job, IngestedBatch batch) =>
        Ingested(job, batch.Records, batch.Events, batch.Skipped, _slices.Enabled ? batch.Groups.Sum(g => (long)g.Slices.Length) : 0);

    /// <summary>Records were read.</summary>
    public void Ingested(string job, int records, int events, int skipped, long slices)
    {
        var tag = Tag(job);
        _records.Add(records, tag);
        _events.Add(events, tag);
        _skipped.Add(skipped, tag);
        _slices.Add(slices, tag);
    }

    /// <summary>Events had been applied before.</summary>
    public void Known(string job, long events) => _duplicates.Add(events, Tag(job));

    /// <summary>Rows of windows were corrected that had been written when the watermark passed.</summary>
    public void Corrected(string job, int rows) => _lateRows.Add(rows, Tag(job));

    /// <summary>Dead letters were written.</summary>
    public void SetAside(string job, IReadOnlyList<DeadLetter> letters)
    {
        if (_letters.Enabled)
            foreach (var kind in letters.CountBy(l => l.Kind))
                _letters.Add(kind.Value, Tag(job), new("reason", TagOf(kind.Key)));
    }

    /// <summary>A sink was visited.</summary>
    /// <param name="job">The job.</param>
    /// <param name="rows">The rows it has written.</param>
    /// <param name="took">How long that took.</param>
    /// <param name="isFailure">Whether the sink ended it: what is left is tried again.</param>
    public void Wrote(string job, int rows, TimeSpan took, bool isFailure)
    {
        _rows.Add(rows, Tag(job));
        _flush.Record(took.TotalSeconds, Tag(job));
        if (isFailure)
            _failedWrites.Add(1, Tag(job));
    }

    /// <summary>A sink is visited again after it ended a visit.</summary>
    public void Retries(string job) => _retries.Add(1, Tag(job));

    /// <summary>The rows are acknowledged that a batch has changed, or, where its rows are written apart, a part of them.</summary>
    /// <param name="job">The job.</param>
    /// <param name="oldest">The earliest timestamp of the records behind them, in milliseconds since 1970.</param>
    /// <param name="now">The time.</param>
    public void Acknowledged(string job, long oldest, DateTimeOffset now) =>
        // A producer's clock may be ahead.
        _delay.Record(Math.Max(0, now.ToUnixTimeMilliseconds() - oldest) / 1000.0, Tag(job));

    /// <summary>Says how many groups a job keeps.</summary>
    public void Keeps(string job, long groups) => _groups[job] = groups;

    /// <summary>Says how far a job is behind; null if that is not known: no old value stays.</summary>
    public void IsBehind(string job, IReadOnlyList<PartitionLag>? partitions)
    {
        if (partitions is not null)
            _lags[job] = partitions;
        else
            _lags.TryRemove(job, out _);
    }

    private static KeyValuePair<string, object?> Tag(string job) => new(JobTag, job);

    private static KeyValuePair<string, object?>[] TagsOf(string job, PartitionLag lag) =>
        [Tag(job), new("partition", lag.Partition), .. lag.Topic is { } topic ? (KeyValuePair<string, object?>[])[new("topic", topic)] : []];

    private static string TagOf(DeadLetterKind kind) => kind switch
    {
        DeadLetterKind.Record => "record",
        DeadLetterKind.Field => "field",
        DeadLetterKind.Expression => "expression",
        DeadLetterKind.Refused => "refused",
        _ => "row",
    };
}
