namespace Serverless.Engine.State;

/// <summary>
/// How new a row, or a shard's summary, is. Of two versions the greater is newer: first by epoch, then by life, then by events. Every stage passes on absolute
/// values, so the newer one is all that matters, in whatever order the two arrive.
/// </summary>
/// <param name="Epoch">When the state began that the row is made of, in milliseconds since 1970: the rows of a state that began later are newer.</param>
/// <param name="Life">
/// When the group was last touched, in milliseconds since 1970 by the clock of whoever read the records, if there is a time to live; otherwise 0. A group that
/// has expired and comes again is made of fewer events than before, and touched later.
/// </param>
/// <param name="Events">The number of events that it is made of.</param>
public readonly record struct RowVersion(long Epoch, long Life, long Events) : IComparable<RowVersion>
{
    // 63 bits: 28 of ten seconds, enough until 2105, and 35 for lives and events.
    private const int LowBits = 35;
    private const int SecondsPerUnit = 10;

    // The fewest that are left for the events of a life: a quarter of a million.
    private const int LeastEventBits = 18;

    private static readonly DateTimeOffset Origin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // How long the lives of one epoch can be told apart.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(5 * 365);

    /// <summary>The shortest time to live with which <see cref="Stamp"/> can tell versions apart.</summary>
    public static TimeSpan ShortestTimeToLive { get; } = TimeSpan.FromSeconds(Math.Ceiling(Longest.TotalSeconds / (1 << (LowBits - LeastEventBits))));

    /// <inheritdoc />
    public int CompareTo(RowVersion other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch)
        : Life != other.Life ? Life.CompareTo(other.Life)
        : Events.CompareTo(other.Events);

    /// <summary>
    /// Returns whether it is newer than another, if groups expire. Lives that are no further apart than the time to live are one: an execution that touched a group may have
    /// told of it and never have been stored.
    /// </summary>
    /// <param name="other">The other.</param>
    /// <param name="timeToLive"><c>table.exec.state.ttl</c> in milliseconds; 0 for none.</param>
    public bool IsNewerThan(RowVersion other, long timeToLive) =>
        Epoch == other.Epoch && Math.Abs(Life - other.Life) <= timeToLive && Events != other.Events ? Events > other.Events : CompareTo(other) > 0;

    /// <summary>Returns whether the left one is older.</summary>
    public static bool operator <(RowVersion left, RowVersion right) => left.CompareTo(right) < 0;

    /// <summary>Returns whether the left one is newer.</summary>
    public static bool operator >(RowVersion left, RowVersion right) => left.CompareTo(right) > 0;

    /// <summary>Returns whether the left one is older, or the same.</summary>
    public static bool operator <=(RowVersion left, RowVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Returns whether the left one is newer, or the same.</summary>
    public static bool operator >=(RowVersion left, RowVersion right) => left.CompareTo(right) >= 0;

    /// <summary>
    /// Returns the version as one number that a BIGINT column holds, in the same order: the epoch in units of ten seconds; then, if there is a time to live,
    /// the life in units of it, for five years; then the events, as many as the bits left can count.
    /// </summary>
    /// <param name="timeToLive"><c>table.exec.state.ttl</c>, of at least <see cref="ShortestTimeToLive"/>; null for none.</param>
    public long Stamp(TimeSpan? timeToLive)
    {
        var epoch = Math.Max(0, (Epoch - Origin.ToUnixTimeMilliseconds()) / 1000 / SecondsPerUnit);
        if (timeToLive is not { } ttl)
            return (epoch << LowBits) + Math.Min(Events, (1L << LowBits) - 1);
        // A group that comes again is touched more than one time to live after the last touch of its former life: another unit.
        var lives = (long)(Longest / ttl);
        var eventBits = LowBits - (64 - long.LeadingZeroCount(lives));
        var life = Math.Clamp((Life - Epoch) / Math.Max(1, (long)ttl.TotalMilliseconds), 0, (1L << (int)(LowBits - eventBits)) - 1);
        return (((epoch << (int)(LowBits - eventBits)) + life) << (int)eventBits) + Math.Min(Events, (1L << (int)eventBits) - 1);
    }

    internal void Write(StateWriter writer)
    {
        writer.Long(Epoch);
        writer.Long(Life);
        writer.Long(Events);
    }

    internal static RowVersion Read(ref StateReader reader) => new(reader.Long(), reader.Long(), reader.Long());
}
