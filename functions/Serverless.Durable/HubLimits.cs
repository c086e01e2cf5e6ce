using Serverless.Engine;

namespace Serverless.Durable;

/// <summary>What a task hub takes: an entity's state and id.</summary>
/// <param name="StateBytes">The most bytes of an entity's state as JSON; null if large states are stored elsewhere.</param>
/// <param name="IdCharacters">The most characters of an entity's id, which are printable ASCII; null if what <see cref="EntityKeys"/> makes always fits.</param>
public sealed record HubLimits(int? StateBytes, int? IdCharacters)
{
    // In front of an entity's key its id has the entity's name between two of these.
    private const string LongestName = "@output@";

    // What a generation's id and two marks take up, and what EntityKeys puts in place of a key that does not fit.
    private const int BesidesName = 10 + EntityKeys.HashedCharacters;

    /// <summary>A storage account.</summary>
    public static HubLimits StorageAccount { get; } = new(null, null);

    /// <summary>A Durable Task Scheduler.</summary>
    public static HubLimits Scheduler { get; } = new(1 << 20, 100);

    /// <summary>Half of what fits, so that what an estimate leaves out and what comes in between fits, too; null for no limit.</summary>
    public int? HalfOfState { get; init; } = StateBytes / 2;

    /// <summary>The most bytes of a record's value; beyond, its slice or its row might not fit. Null for no limit.</summary>
    public int? RecordBytes => StateBytes / 4;

    /// <summary>The most bytes of rows in one message, as Base64 adds a third.</summary>
    public int RowsBytes => StateBytes / 12 ?? MessageLimits.MaxBytes;

    /// <summary>The most gaps, and the most entities that are not at rest, that a job's entity keeps in mind; others are reported again.</summary>
    public int MostReported => StateBytes / 1_000 ?? int.MaxValue;

    /// <summary>Returns whether a key fits into an entity's id.</summary>
    public bool Fits(string key) => IdCharacters is not { } most || (LongestName.Length + key.Length <= most && key.All(c => c is >= ' ' and <= '~'));

    /// <summary>Returns what is wrong with a job's name; null if it fits.</summary>
    public string? ProblemOf(string job) => IdCharacters - LongestName.Length - BesidesName is { } most && Uri.EscapeDataString(job).Length > most
        ? $"the name of job '{job}' does not fit into the entity ids of a Durable Task Scheduler: rename the script, or write SET 'pipeline.name' = '…' with at most {most} letters and digits"
        : null;

    /// <summary>Returns what of a job may outgrow an entity, each as a sentence.</summary>
    public IEnumerable<string> WarningsOf(Job job)
    {
        if (StateBytes is not { } most)
            yield break;
        var megabytes = most >> 20;
        if (job.Aggregates.Any(a => a.IsDistinct))
            yield return $"job {job.Name} keeps every value of a DISTINCT, in one entity a group or shard: on a Durable Task Scheduler an entity's state has at most {megabytes} MB, some tens of thousands of values; take Azure Storage if a group may have more";
        if (job.Timeline is not null)
            yield return $"job {job.Name} keeps each bucket of its timeline in one entity a group or shard: on a Durable Task Scheduler an entity's state has at most {megabytes} MB; take Azure Storage if a group may have more than some thousand buckets";
        if (CellCount.Of(job) is { } cells && job.Settings.StateTtl is not null)
            yield return $"job {job.Name} keeps all its groups, as they may expire, in {cells} entities: on a Durable Task Scheduler an entity's state has at most {megabytes} MB; take more 'state.cells' than a five-hundredth of the groups, or Azure Storage";
    }
}
