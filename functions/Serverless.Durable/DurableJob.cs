using System.Globalization;
using Serverless.Engine;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>A job whose state is kept in durable entities.</summary>
public sealed class DurableJob
{
    /// <summary>How many bytes of keys an entity of an app holds before cold ones leave it.</summary>
    public const int DefaultHotBytes = 64 * 1024;

    /// <summary>Makes one.</summary>
    /// <param name="job">The job.</param>
    /// <param name="generation">What its state is known by: see <see cref="Durable.Generation"/>.</param>
    /// <param name="times">How long things may take; those of an app unless given.</param>
    /// <param name="hub">What its task hub takes; what a storage account does unless given.</param>
    public DurableJob(Job job, Generation generation, DurableTimes? times = null, HubLimits? hub = null)
    {
        Job = job;
        Hub = hub ?? HubLimits.StorageAccount;
        Times = times ?? DurableTimes.Default;
        Generation = generation;
        Compiled = new CompiledJob(job, isSplit: true) { Epoch = generation.Epoch.ToUnixTimeMilliseconds() };
        Cells = CellCount.Of(job, generation);
        Stages = job.Dataflow is null ? null : new StageRunners(job);
        Id = $"{Uri.EscapeDataString(job.Name)}.{generation.Id}";
    }

    /// <summary>The job.</summary>
    public Job Job { get; }

    /// <summary>The job with its expressions compiled; groups are split into shards unless the script says otherwise.</summary>
    public CompiledJob Compiled { get; init; }

    /// <summary>How many entities its groups share, or each of its stages has; null for one entity a group.</summary>
    public int? Cells { get; }

    /// <summary>Its operators; null for a job of one stage.</summary>
    public StageRunners? Stages { get; internal init; }

    /// <summary>
    /// How many bytes of groups or shards a cell holds before those that have gone cold leave it for the key store; null if they never do. Those that may expire stay:
    /// somebody has to find them then.
    /// </summary>
    public int? HotBytes
    {
        get => Cells is null || Job.Settings.StateTtl is not null ? null : field;
        init;
    }

    /// <summary>How long things may take.</summary>
    public DurableTimes Times { get; }

    /// <summary>What its task hub takes.</summary>
    public HubLimits Hub { get; }

    /// <summary>
    /// After how long what was read is settled: nobody reads it again, or is said to lack it, as the groups that it was for may expire. Null if groups live for ever.
    /// </summary>
    public TimeSpan? SettledAfter => Job.Settings.StateTtl / 2;

    /// <summary>Which state is its.</summary>
    public Generation Generation { get; }

    /// <summary>What the keys of its entities begin with. Those of a former generation begin with another, and are nobody's any more.</summary>
    public string Id { get; }

    /// <summary>Returns whether a process of a newer version of the script has been at work where an epoch is known: what is to be done there is its to do.</summary>
    /// <param name="epoch">The epoch in milliseconds since 1970; null if none is known.</param>
    public bool IsBefore(long? epoch) => epoch > Compiled.Epoch;

    /// <summary>Makes what cuts its records into slices.</summary>
    /// <param name="topic">What dead letters call the source.</param>
    /// <param name="isCovered">See <see cref="Ingestor.IsCovered"/>.</param>
    internal Ingestor NewIngestor(string topic, bool isCovered = false) => new(Compiled, topic) { IsCovered = isCovered, MaxValueBytes = Hub.RecordBytes ?? int.MaxValue };

    // The state's formats when fingerprints still told them: every later program reads these, so the fingerprint stays.
    private const string FormerFormats = "3.1";

    /// <summary>All that decides what its state means and where it is placed: a job for which this changes starts anew.</summary>
    public static string Fingerprint(Job job)
    {
        var compiled = new CompiledJob(job, isSplit: true);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Plan.Fingerprint(job)}-{FormerFormats}-{(compiled.IsSplit ? compiled.Shards : 0)}{StagesOf(job)}{CellCount.Part(job)}");
    }

    // What a cell keeps is of the operator that it runs.
    private static string StagesOf(Job job) => job.Dataflow is null ? "" : $"-{string.Join('.', new StageRunners(job).Plan.Stages.Select(s => s.Operator))}";
}
