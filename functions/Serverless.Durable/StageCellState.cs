using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>What an entity keeps of a stage: its share of the operator's keys, as Base64, and the deltas on their way.</summary>
public sealed record StageCellState : KeyedCellState
{
    /// <summary>Which deltas have been added: <see cref="Engine.State.StageOffsets.Write"/>; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Added { get; set; }

    /// <summary>By receiver, what has been made since the timer was set.</summary>
    public Dictionary<int, byte[]> Open { get; init; } = [];

    /// <summary>By receiver, the number of the last delta.</summary>
    public Dictionary<int, long> Numbers { get; init; } = [];

    /// <summary>The deltas that are sent when the timer comes, or have been sent and are not confirmed.</summary>
    public List<SealedDelta> Sealed { get; init; } = [];

    /// <summary>When deltas are sent; null if none is to be.</summary>
    public DueTime? Timer { get; set; }

    /// <summary>The confirmations it owes; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Confirmations? Owed { get; set; }

    /// <summary>The offsets that it lacks; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public List<MissingOffsets>? Missing { get; set; }

    /// <summary>By partition, the offset before which sources have told it everything; null if no stage behind it waits for the watermark.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<SourcePartition, long>? Covered { get; set; }

    /// <summary>By sender, how far it is; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<int, ChannelFrontier>? Channels { get; set; }

    /// <summary>What sources have told it of their times, of records that it is not known to be behind; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public List<DeltaPart>? Times { get; set; }

    /// <summary>By partition, how far it is known to be read, as the last pulse said; null if no stage behind it waits for the watermark.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<SourcePartition, long>? Read { get; set; }

    /// <summary>The partitions of which it has a time; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HashSet<SourcePartition>? Timed { get; set; }

    /// <summary>What it tells its receivers of how far it is; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StageMark? Mark { get; set; }

    /// <inheritdoc />
    public override bool MayLeave(string entry) => entry.Length > 0; // how far time is says which keys are needed

    /// <summary>Whether there is nothing to keep.</summary>
    [JsonIgnore]
    public bool IsEmpty => Added is null && Missing is null;

    /// <summary>Whether nothing is on its way from it.</summary>
    [JsonIgnore]
    public bool IsAtRest => Open.Count == 0 && Sealed.Count == 0 && Owed is null && Missing is null && Times is not { Count: > 0 } && Mark is not { IsSent: false };
}

/// <summary>A delta with its number. A number means one delta for ever: what is sent under it is what the stored state holds.</summary>
/// <param name="To">The receiver's place.</param>
/// <param name="Number">The number in the channel to it, from 1.</param>
/// <param name="Rows">The rows, as <see cref="Engine.Runtime.StageRowCodec"/> writes them.</param>
/// <param name="SentAt">When it was sent last; null if it has not been.</param>
public sealed record SealedDelta(int To, long Number, byte[] Rows, DateTimeOffset? SentAt)
{
    /// <summary>What its confirmation calls it.</summary>
    [JsonIgnore]
    public string Id => IdOf(To, Number);

    /// <summary>What a delta's confirmation calls it.</summary>
    public static string IdOf(int to, long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{to}.{number}");
}

/// <summary>Offsets that a source is read beyond, and that nothing has covered.</summary>
/// <param name="Source">The source, by its place among the job's.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first offset.</param>
/// <param name="Last">The last.</param>
/// <param name="Since">Since when that is known.</param>
public sealed record MissingOffsets(int Source, int Partition, long First, long Last, DateTimeOffset Since)
{
    /// <summary>Returns what is missing now, with what has been missing for too long reported.</summary>
    /// <param name="known">What was missing the last time; null for nothing.</param>
    /// <param name="added">What has been added.</param>
    /// <param name="positions">How far the sources are read.</param>
    /// <param name="job">The job.</param>
    /// <param name="entity">The entity that lacks it.</param>
    /// <param name="now">The time.</param>
    /// <param name="signals">Gets the report.</param>
    internal static List<MissingOffsets>? Find(
        List<MissingOffsets>? known, Engine.State.StageOffsets added, IReadOnlyList<SourcePosition> positions, DurableJob job, (EntityKind Kind, string Key) entity, DateTimeOffset now, ICollection<Signal> signals)
    {
        var missing = new List<MissingOffsets>();
        var gaps = new List<Gap>();
        foreach (var position in positions)
            foreach (var (first, last) in added.Missing(position.Source, position.Partition, position.From, position.Next))
            {
                // What grows at its end has been missing since it began.
                var since = known?.Find(m => m.Source == position.Source && m.Partition == position.Partition && m.First == first)?.Since ?? now;
                missing.Add(new MissingOffsets(position.Source, position.Partition, first, last, since));
                if (now - since >= job.Times.GapAfter)
                    gaps.Add(new Gap(entity.Kind, entity.Key, "", -1, position.Partition, first, last, position.Source));
            }

        if (gaps.Count > 0)
            signals.Add(new Signal(EntityKind.Job, new EntityKeys(job).OfJob, Operations.Report, new GapsMessage(gaps)));
        return missing.Count > 0 ? missing : null;
    }
}
