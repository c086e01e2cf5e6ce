using System.Text.Json.Serialization;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>
/// Which state a job has. It is part of the consumer group's name and of every entity's key, so that state and position live and die together: a wiped
/// task hub, or a job that means something else, gets a new one, and with it starts where <c>scan.startup.mode</c> says. See <see cref="ScriptEdit"/>.
/// </summary>
/// <param name="Id">Eight letters and digits.</param>
/// <param name="Fingerprint">What the job was when it began: <see cref="DurableJob.Fingerprint"/>.</param>
/// <param name="Born">When it began.</param>
/// <param name="TopicId">The id of the topic that it reads; null until brokers have told it.</param>
public sealed record Generation(string Id, string Fingerprint, DateTimeOffset Born, string? TopicId = null)
{
    /// <summary>What is written; null in what a former version of the program stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OutputForm? Form { get; init; }

    /// <summary>Since when that is written; null for since it began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    /// <summary>Where it began to read, as <see cref="StartOffsets"/> writes it; null if that is not known, and it may have read everything.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Starts { get; init; }

    /// <summary>The topics of a job of several stages; null for other jobs, of which <see cref="TopicId"/> and <see cref="Starts"/> tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SourceStart>? Sources { get; init; }

    /// <summary>The last time that all rows were to be written again; null if they never were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rewrite? Rewrite { get; init; }

    /// <summary>What the job was before, the last one first: kept until this one has caught up. Null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Generation>? Formers { get; init; }

    /// <summary>By partition, where the topics ended when this one took the place of <see cref="Formers"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<SourcePartition, long>? Ends { get; init; }

    /// <summary>When it had caught up with <see cref="Formers"/>; null if it has not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? CaughtUp { get; init; }

    /// <summary>When their rows that it does not make were deleted for the first time; null if they were not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Deleted { get; init; }

    /// <summary>What its rows are stamped with: those of a younger epoch are newer, whatever they are made of.</summary>
    [JsonIgnore]
    public DateTimeOffset Epoch => Since ?? Born;

    /// <summary>The epoch of a delete of a row that is not made any more: newer than that row, and older than whatever is written now.</summary>
    [JsonIgnore]
    public DateTimeOffset DeleteEpoch => Epoch - (EpochRule.MinGap / 2);

    /// <summary>Where it began to read; at the first record if that is not known.</summary>
    [JsonIgnore]
    public StartOffsets Start => StartOffsets.Parse(Starts ?? "");

    /// <summary>Returns the id of a source's topic; null until brokers have told it.</summary>
    public string? TopicIdOf(int source) => Sources is null ? TopicId : Sources[source].TopicId;

    /// <summary>Returns the generation with the id of a source's topic.</summary>
    public Generation WithTopicId(int source, string id) =>
        Sources is null ? this with { TopicId = id } : this with { Sources = [.. Sources.Select((s, i) => i == source ? s with { TopicId = id } : s)] };
}

/// <summary>Where a state of several stages began to read a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Starts">As <see cref="StartOffsets"/> writes it; null if that is not known, and it may have read everything.</param>
/// <param name="TopicId">The id of the topic; null until brokers have told it.</param>
public sealed record SourceStart(
    string Topic,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Starts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TopicId = null);

/// <summary>A demand to write all rows again.</summary>
/// <param name="At">When it was made; a later one is another.</param>
/// <param name="Reason">Why, as the end of a sentence.</param>
/// <param name="IsDone">Whether all are written.</param>
public sealed record Rewrite(DateTimeOffset At, string Reason, bool IsDone = false);
