using Serverless.Engine.Runtime;

namespace Serverless.Durable;

/// <summary>How long things may take in durable entities. One record, so that a simulation can shorten them all.</summary>
public sealed record DurableTimes
{
    /// <summary>What an app uses.</summary>
    public static DurableTimes Default { get; } = new();

    /// <summary>How long after its due time a timer counts as lost, and whoever passes by sets it again.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a group waits for its other shards before it sends its rows.</summary>
    public TimeSpan EmitAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long groups or shards of a large cell go untouched before they leave it for the key store.</summary>
    public TimeSpan EvictAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often at most a receiver confirms to one sender what it has stored.</summary>
    public TimeSpan ConfirmEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how long without a confirmation rows and summaries are sent again.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The pause before the second visit to a sink that failed.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two visits to a sink.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a row must have been impossible to make before that is the last word.</summary>
    public TimeSpan FailurePatience { get; init; } = FailureClock.Patience;

    /// <summary>How long an output's word that it is full is good for: twice the longest pause between two of its visits to the sink.</summary>
    public TimeSpan PressureLasts { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long an operation that failed is put off.</summary>
    public TimeSpan DeferredFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a proven gap counts as a message on its way; then it is reported, and again after as long while it is open.</summary>
    public TimeSpan GapAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after the last word of it a gap counts as open, and an entity as not at rest.</summary>
    public TimeSpan HeardFor { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How often the groups that have been sent something are told how far the topic is read.</summary>
    public TimeSpan CoverEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after that they are told once more: by then everything that they wait for is overdue.</summary>
    public TimeSpan CoverAgainAfter { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// How much of what was read last a new reading reads again: it may have been lost with a process, and with it the proof. Longer than <see cref="CoverEvery"/>.
    /// </summary>
    public TimeSpan RereadFrom { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long positions are kept.</summary>
    public TimeSpan MarksKept { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after a job has read something everything that it comes to has arrived, if nothing was lost.</summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long records may wait in a partition while none is committed before that is trouble: longer than a consumer may be silent before the brokers give its
    /// partitions to another one (host.json's <c>maxPollIntervalMs</c>).
    /// </summary>
    public TimeSpan StandstillAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long more and more records may wait while nothing is read before a job counts as stuck.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(2);
}
