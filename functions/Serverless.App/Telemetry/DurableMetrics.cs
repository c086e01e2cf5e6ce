using System.Diagnostics.Metrics;
using Serverless.Durable;
using Serverless.Engine.Ingest;

namespace Serverless.App.Telemetry;

/// <summary>What the app counts, each by job.</summary>
internal sealed class DurableMetrics
{
    /// <summary>What they are known by.</summary>
    public const string Name = "Serverless";

    private readonly Counter<long> _records;
    private readonly Counter<long> _events;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _letters;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _signals;
    private readonly Counter<long> _operations;
    private readonly Counter<long> _failedBatches;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _failedWrites;
    private readonly Histogram<double> _flush;

    /// <summary>Makes the instruments.</summary>
    public DurableMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _records = meter.CreateCounter<long>("serverless.records", "{record}", "Records read, each time they came");
        _events = meter.CreateCounter<long>("serverless.events", "{event}", "Events cut from records");
        _skipped = meter.CreateCounter<long>("serverless.skipped", "{record}", "Records without a value, or that the script says to skip");
        _letters = meter.CreateCounter<long>("serverless.dead_letters", "{record}", "Records set aside with the reason");
        _duplicates = meter.CreateCounter<long>("serverless.duplicates", "{event}", "Events that had been applied before");
        _signals = meter.CreateCounter<long>("serverless.signals", "{message}", "Durable messages sent");
        _operations = meter.CreateCounter<long>("serverless.operations", "{operation}", "Operations of entities");
        _failedBatches = meter.CreateCounter<long>("serverless.failed_batches", "{batch}", "Batches that failed and come again");
        _rows = meter.CreateCounter<long>("serverless.rows", "{row}", "Rows written or deleted");
        _failedWrites = meter.CreateCounter<long>("serverless.failed_writes", "{write}", "Visits to a sink that it ended");
        _flush = meter.CreateHistogram<double>("serverless.flush", "s", "How long a visit to a sink took");
    }

    /// <summary>A batch is stored.</summary>
    public void Ingested(string job, IngestedBatch batch, int signals)
    {
        var tag = Tag(job);
        _records.Add(batch.Records, tag);
        _events.Add(batch.Events, tag);
        _skipped.Add(batch.Skipped, tag);
        _letters.Add(batch.DeadLetters.Count, tag);
        _signals.Add(signals, tag);
    }

    /// <summary>A batch failed.</summary>
    public void IngestFailed(string job) => _failedBatches.Add(1, Tag(job));

    /// <summary>Events had been applied before.</summary>
    public void Known(string job, int events) => _duplicates.Add(events, Tag(job));

    /// <summary>An entity has done something.</summary>
    public void Operated(string job, EntityKind kind, int signals)
    {
        _operations.Add(1, Tag(job), new KeyValuePair<string, object?>("entity", kind.ToString()));
        _signals.Add(signals, Tag(job));
    }

    /// <summary>A sink was written to.</summary>
    public void Wrote(string job, int rows, TimeSpan took, bool isFailure)
    {
        _rows.Add(rows, Tag(job));
        _flush.Record(took.TotalSeconds, Tag(job));
        if (isFailure)
            _failedWrites.Add(1, Tag(job));
    }

    private static KeyValuePair<string, object?> Tag(string job) => new("job", job);
}
