using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>The slices of one batch for the groups, or the shards, of one entity.</summary>
/// <param name="Parts">One per group or shard.</param>
/// <param name="Oldest">The earliest timestamp of the records behind it, in milliseconds since 1970; null where none has one, and in messages of a former version.</param>
/// <param name="At">When the batch was cut, in milliseconds since 1970, however often the message is done: it decides about the time to live. Null in messages of a former version.</param>
public sealed record SlicesMessage(
    IReadOnlyList<SlicesPart> Parts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Oldest = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? At = null)
{
    internal DateTimeOffset? SentAt => At is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}

/// <summary>The slices of a group or a shard.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Shard">The shard's number; -1 where groups are not split.</param>
/// <param name="Slices">The slices, as <see cref="Engine.Ingest.GroupSlices.Write"/> writes them.</param>
public sealed record SlicesPart(string Group, int Shard, byte[] Slices);

/// <summary>What shards say to the groups of one entity.</summary>
/// <param name="Parts">One per shard.</param>
/// <param name="Oldest">The earliest timestamp of the records behind it, in milliseconds since 1970; null where none has one, and in messages of a former version.</param>
/// <param name="From">The sender's key, to which the message is to be confirmed; null for a former version, which expects no confirmation.</param>
/// <param name="Id">What the confirmation calls the message.</param>
/// <param name="Replaces">The messages that need no confirmation any more, because of this one; null for none.</param>
/// <param name="At">See <see cref="SlicesMessage"/>; null if it is sent again.</param>
public sealed record SummariesMessage(
    IReadOnlyList<SummaryPart> Parts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Oldest = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? From = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Replaces = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? At = null)
{
    internal DateTimeOffset? SentAt => At is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}

/// <summary>What a shard says to its group.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Shard">The shard's number.</param>
/// <param name="Values">Its running values: <see cref="Engine.State.Summary"/>.</param>
/// <param name="Life">Its life: <see cref="Engine.State.RowVersion"/>.</param>
public sealed record SummaryPart(string Group, int Shard, byte[] Values, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Life = 0);

/// <summary>What groups say to the shards of one entity of their lives.</summary>
/// <param name="Parts">One per shard.</param>
public sealed record LivesMessage(IReadOnlyList<ShardLife> Parts);

/// <summary>What a group says to a shard of its life.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Shard">The shard's number.</param>
/// <param name="LastAt">When the group was touched last, in milliseconds since 1970.</param>
/// <param name="HasEnded">Whether that life has ended.</param>
public sealed record ShardLife(string Group, int Shard, long LastAt, bool HasEnded);

/// <summary>Rows, and rows that cannot be made, for one part of a sink's output.</summary>
/// <param name="Rows">What groups answered, as <see cref="Engine.State.GroupAnswer.Write"/> writes it.</param>
/// <param name="Oldest">The earliest timestamp of the records behind it, in milliseconds since 1970; null where none has one, and in messages of a former version.</param>
/// <param name="From">The sender's key, to which the message is to be confirmed; null for a former version, which expects no confirmation.</param>
/// <param name="Id">What the confirmation calls the message.</param>
/// <param name="Replaces">The messages that need no confirmation any more, because of this one; null for none.</param>
/// <param name="Epoch">The epoch of the process that sends them, in milliseconds since 1970; null if what is written never changed.</param>
public sealed record RowsMessage(
    byte[] Rows,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Oldest = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? From = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Replaces = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Epoch = null);

/// <summary>What a receiver has stored.</summary>
/// <param name="Ids">The messages' ids.</param>
public sealed record ConfirmMessage(IReadOnlyList<string> Ids);

/// <summary>Nothing but a passing-by: see <see cref="Operations.Pulse"/>.</summary>
/// <param name="IsWatching">Whether an entity that is not at rest then says so.</param>
/// <param name="Positions">How far the sources are read that a cell of a stage takes records of; null for other entities.</param>
public sealed record PulseMessage(bool IsWatching = false, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SourcePosition>? Positions = null);

/// <summary>How far a partition of a source is read: everything from one offset to another has been sent.</summary>
/// <param name="Source">The source, by its place among the job's.</param>
/// <param name="Partition">The partition.</param>
/// <param name="From">Where the job began to read it.</param>
/// <param name="Next">The offset behind the last one that is done.</param>
public sealed record SourcePosition(int Source, int Partition, long From, long Next);

/// <summary>Deltas for a cell of a stage, or for a part of a sink's output.</summary>
/// <param name="Parts">One per partition or channel.</param>
public sealed record DeltasMessage(IReadOnlyList<DeltaPart> Parts);

/// <summary>What a stretch of a partition holds for a cell, or a delta of a channel.</summary>
/// <param name="Source">The source, by its place among the job's; <see cref="Engine.State.StageOffsets.Channels"/> for a channel.</param>
/// <param name="Partition">The partition; of a channel the sender's place.</param>
/// <param name="First">The first offset that is covered; of a channel the number of the delta.</param>
/// <param name="Last">The last.</param>
/// <param name="Rows">The rows, as <see cref="Engine.Runtime.StageRowCodec"/> writes them.</param>
public sealed record DeltaPart(int Source, int Partition, long First, long Last, byte[] Rows);

/// <summary>A demand that a cell sends all its rows again, unless it has.</summary>
/// <param name="Asked">Which: see <see cref="Rewritten.Asked"/>.</param>
/// <param name="Epoch">The epoch of the rows, in milliseconds since 1970. A process of another one leaves it alone: it comes again.</param>
public sealed record RewriteMessage(long Asked, long Epoch);

/// <summary>The time that an entity set itself. Of several that are on their way only one counts.</summary>
/// <param name="Id">Which: the entity's state holds the same one, or it has been set anew since.</param>
public sealed record TickMessage(string Id);

/// <summary>Until when an output takes no more rows than it must.</summary>
/// <param name="Part">The output's part.</param>
/// <param name="Until">Until then, unless it says so again; the past where it takes rows again.</param>
public sealed record PressureMessage(int Part, DateTimeOffset Until);

/// <summary>Gaps that the groups or shards of one entity have proof of.</summary>
/// <param name="Gaps">The gaps.</param>
public sealed record GapsMessage(IReadOnlyList<Gap> Gaps);

/// <summary>Offsets of which a group or a shard has not been told what they hold for it, though it has been told of later ones of the same reading.</summary>
/// <param name="Kind">The kind of its entity.</param>
/// <param name="Key">Its entity's key.</param>
/// <param name="Group">The group's key.</param>
/// <param name="Shard">The shard's number; -1 if groups are not split.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first offset.</param>
/// <param name="Last">The last.</param>
/// <param name="Source">The source, by its place among the job's.</param>
public sealed record Gap(
    EntityKind Kind,
    string Key,
    string Group,
    int Shard,
    int Partition,
    long First,
    long Last,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Source = 0);

/// <summary>An entity that has lost something and has not come to rest since: a pulse passes by it, too.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its key.</param>
public sealed record WatchMessage(EntityKind Kind, string Key);

/// <summary>Where a job of several stages begins to read.</summary>
/// <param name="Offsets">By partition, the first offset.</param>
public sealed record BeginMessage(IReadOnlyDictionary<SourcePartition, long> Offsets);

/// <summary>How far a job has read its sources.</summary>
/// <param name="At">When.</param>
/// <param name="Positions">By partition, the offset behind the last one that is done.</param>
/// <param name="Lag">The records that are still to be read; null if that is not known.</param>
/// <param name="Ends">By partition, the offset behind its last record; null if that is not known.</param>
public sealed record PositionMark(
    DateTimeOffset At,
    IReadOnlyDictionary<SourcePartition, long> Positions,
    long? Lag,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<SourcePartition, long>? Ends = null);
