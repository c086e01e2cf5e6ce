using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>The slices of one batch for the groups, or the shards, of one entity.</summary>
/// <param name="Parts">One per group or shard.</param>
/// <param name="Oldest">The earliest timestamp of the records behind it, in milliseconds since 1970; null where none has one, and in messages of a former version.</param>
public sealed record SlicesMessage(IReadOnlyList<SlicesPart> Parts, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Oldest = null);

/// <summary>The slices of a group or a shard.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Shard">The shard's number; -1 where groups are not split.</param>
/// <param name="Slices">The slices, as <see cref="Engine.Ingest.GroupSlices.Write"/> writes them.</param>
public sealed record SlicesPart(string Group, int Shard, byte[] Slices);

/// <summary>What shards say to the groups of one entity.</summary>
/// <param name="Parts">One per shard.</param>
/// <param name="Oldest">The earliest timestamp of the records behind it, in milliseconds since 1970; null where none has one, and in messages of a former version.</param>
public sealed record SummariesMessage(IReadOnlyList<SummaryPart> Parts, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Oldest = null);

/// <summary>What a shard says to its group.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Shard">The shard's number.</param>
/// <param name="Values">Its running values: <see cref="Engine.State.Summary"/>.</param>
public sealed record SummaryPart(string Group, int Shard, byte[] Values);

/// <summary>Rows, and rows that cannot be made, for one part of a sink's output.</summary>
/// <param name="Rows">What groups answered, as <see cref="Engine.State.GroupAnswer.Write"/> writes it.</param>
/// <param name="Oldest">The earliest timestamp of the records behind it, in milliseconds since 1970; null where none has one, and in messages of a former version.</param>
public sealed record RowsMessage(byte[] Rows, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Oldest = null);

/// <summary>The time that an entity set itself. Of several that are on their way only one counts.</summary>
/// <param name="Id">Which: the entity's state holds the same one, or it has been set anew since.</param>
public sealed record TickMessage(string Id);

/// <summary>Until when an output takes no more rows than it must.</summary>
/// <param name="Part">The output's part.</param>
/// <param name="Until">Until then, unless it says so again; the past where it takes rows again.</param>
public sealed record PressureMessage(int Part, DateTimeOffset Until);
