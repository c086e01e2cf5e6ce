using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>
/// How far a cell is: of each partition the offset before which everything that records come to has been added. Of a source it is what the cell has been told without a gap;
/// of a channel it is how far the sender was when it had made the deltas that have come. The cell is where the last of these is. So a watermark does not overtake rows.
/// </summary>
/// <param name="places">The cells.</param>
public sealed class StageFrontier(StagePlaces places)
{
    // Of a channel, marks whose deltas have not come yet; and of a partition, what tells of its time and is not reached yet.
    private const int MostWaiting = 8;

    /// <summary>Whether a cell's stage, or one behind it, holds rows back until the watermark has passed. All others need not know.</summary>
    public bool Concerns(int place) => places.Plan.LeadsToWatermark(places.StageOf(place));

    /// <summary>The cells that are told how far one is.</summary>
    public IEnumerable<int> ReceiversOf(int place) => places.Plan.ReceiversOf(places.StageOf(place)).SelectMany(places.OfStage);

    /// <summary>Takes note of what sources have told a cell without a gap.</summary>
    /// <param name="state">The cell; changed.</param>
    /// <param name="added">What it has added.</param>
    /// <param name="positions">Where the job began to read, and how far it is.</param>
    public static void Cover(StageCellState state, StageOffsets added, IReadOnlyList<SourcePosition> positions)
    {
        Raise(state.Read ??= [], positions.Select(p => KeyValuePair.Create(new SourcePartition(p.Source, p.Partition), p.Next)));
        Raise(state.Covered ??= [], positions.Select(p => KeyValuePair.Create(
            new SourcePartition(p.Source, p.Partition),
            added.Missing(p.Source, p.Partition, p.From, p.Next).Select(m => (long?)m.First).FirstOrDefault() ?? p.Next)));
    }

    /// <summary>Takes note of how far a sender was.</summary>
    /// <param name="state">The cell; changed.</param>
    /// <param name="message">What the sender says.</param>
    public static void Take(StageCellState state, FrontierMessage message)
    {
        var marks = state.Channels ??= [];
        if (!marks.TryGetValue(message.From, out var channel))
            marks.Add(message.From, channel = new ChannelFrontier([], []));
        if (channel.Waiting.Count == MostWaiting)
            channel.Waiting.RemoveAt(MostWaiting - 1);
        channel.Waiting.Add(new ChannelMark(message.Number, message.Reached));
    }

    /// <summary>Takes the marks for reached whose deltas have come.</summary>
    /// <param name="state">The cell; changed.</param>
    /// <param name="added">What it has added.</param>
    public static void Settle(StageCellState state, StageOffsets added)
    {
        foreach (var (from, channel) in state.Channels ?? [])
            channel.Waiting.RemoveAll(mark =>
            {
                if (added.Missing(StageOffsets.Channels, from, 1, mark.Number + 1).Any())
                    return false;
                Raise(channel.Reached, mark.Reached);
                return true;
            });
    }

    /// <summary>Returns how far a cell is.</summary>
    /// <param name="state">The cell.</param>
    /// <param name="place">Its place.</param>
    public Dictionary<SourcePartition, long> Of(StageCellState state, int place)
    {
        var (plan, stage) = (places.Plan, places.StageOf(place));
        var inputs = new List<(IReadOnlySet<int> Sources, IReadOnlyDictionary<SourcePartition, long> Reached)>();
        if (plan[stage].Sources.Count > 0)
            inputs.Add((plan[stage].Sources.ToHashSet(), state.Covered ?? []));
        foreach (var input in plan[stage].Inputs)
            foreach (var from in places.OfStage(input))
                inputs.Add((plan.SourcesOf(input), state.Channels?.GetValueOrDefault(from)?.Reached ?? []));
        var least = new Dictionary<SourcePartition, long>();
        foreach (var partition in inputs.SelectMany(i => i.Reached.Keys).Distinct())
        {
            var own = inputs.Where(i => i.Sources.Contains(partition.Source)).ToList();
            if (own.TrueForAll(i => i.Reached.ContainsKey(partition)))
                least.Add(partition, own.Min(i => i.Reached[partition]));
        }

        return least;
    }

    /// <summary>Keeps what a source says of its time until the cell is that far.</summary>
    /// <param name="state">The cell; changed.</param>
    /// <param name="times">The rows, each with the part of the message that it came in.</param>
    /// <param name="newest">Returns the rows of a stretch that say more than the others.</param>
    public static void Keep(StageCellState state, IEnumerable<(DeltaPart Part, NumberedRow Row)> times, Func<IReadOnlyList<NumberedRow>, IReadOnlyList<NumberedRow>> newest)
    {
        state.Times ??= [];
        foreach (var partition in times.GroupBy(t => new SourcePartition(t.Part.Source, t.Part.Partition), t => t.Row))
        {
            var kept = state.Times.FindAll(t => PartitionOf(t) == partition.Key);
            List<NumberedRow> rows = [.. partition.OrderBy(r => r.Number)];
            if (kept.Count == MostWaiting)
            {
                // What is kept as if it were of a later record holds the watermark back, and no more.
                var last = kept[^1];
                state.Times.Remove(last);
                rows = [.. StageRowCodec.Read(last.Rows), .. rows];
                var number = rows.Max(r => r.Number);
                rows = [.. newest([.. rows.Select(r => r with { Number = number })])];
            }

            state.Times.Add(new DeltaPart(partition.Key.Source, partition.Key.Partition, rows[0].Number, rows.Max(r => r.Number), StageRowCodec.Write(rows)));
        }
    }

    /// <summary>The rows that say how far time is, of the records that the cell is behind; none before it has a time of every partition that is read, if that has any.</summary>
    /// <param name="state">The cell.</param>
    /// <param name="place">Its place.</param>
    public IReadOnlyList<DeltaPart> Reached(StageCellState state, int place)
    {
        if (state.Times is not { Count: > 0 } times)
            return [];
        var frontier = Of(state, place);
        List<DeltaPart> reached = [.. times.Where(t => t.Last < frontier.GetValueOrDefault(PartitionOf(t)))];
        var timed = reached.Select(PartitionOf).Concat(state.Timed ?? []).ToHashSet();
        var untimed = times.Select(PartitionOf).ToHashSet();
        return (state.Read ?? []).All(p => timed.Contains(p.Key) || (frontier.GetValueOrDefault(p.Key) >= p.Value && !untimed.Contains(p.Key))) ? reached : [];
    }

    /// <summary>Forgets what has been reached.</summary>
    public static void Passed(StageCellState state, IReadOnlyList<DeltaPart> reached)
    {
        state.Times!.RemoveAll(reached.Contains);
        (state.Timed ??= []).UnionWith(reached.Select(PartitionOf));
    }

    /// <summary>Makes the mark that receivers are told, if the cell is farther than the last one said. Everything that it has made must be sealed.</summary>
    /// <param name="state">The cell; changed.</param>
    /// <param name="place">Its place.</param>
    public void Mark(StageCellState state, int place)
    {
        if (!IsBeyondMark(state, place))
            return;
        var reached = new Dictionary<SourcePartition, long>(state.Mark?.Reached ?? []);
        Raise(reached, Of(state, place));
        state.Mark = new StageMark(reached, ReceiversOf(place).ToDictionary(to => to, to => state.Numbers.GetValueOrDefault(to)), false);
    }

    /// <summary>Whether a cell is farther than its mark says, and somebody wants to know.</summary>
    public bool IsBeyondMark(StageCellState state, int place) =>
        ReceiversOf(place).Any() && Of(state, place).Any(p => !(state.Mark?.Reached.TryGetValue(p.Key, out var said) is true && said >= p.Value));

    private static SourcePartition PartitionOf(DeltaPart part) => new(part.Source, part.Partition);

    private static void Raise(Dictionary<SourcePartition, long> reached, IEnumerable<KeyValuePair<SourcePartition, long>> now)
    {
        foreach (var (partition, next) in now)
            reached[partition] = Math.Max(next, reached.GetValueOrDefault(partition));
    }
}

/// <summary>How far the sender of a channel is known to be.</summary>
/// <param name="Reached">By partition, the offset before which everything that records come to has come.</param>
/// <param name="Waiting">What it has said, and which needs deltas that have not come.</param>
public sealed record ChannelFrontier(Dictionary<SourcePartition, long> Reached, List<ChannelMark> Waiting);

/// <summary>How far a sender was when it had made some deltas of a channel.</summary>
/// <param name="Number">The number of the last of them; 0 for none.</param>
/// <param name="Reached">By partition, the offset before which everything is in them.</param>
public sealed record ChannelMark(long Number, IReadOnlyDictionary<SourcePartition, long> Reached);

/// <summary>How far a cell is, for those that take its deltas.</summary>
/// <param name="Reached">By partition, the offset before which everything that records come to is in its deltas.</param>
/// <param name="Numbers">By receiver, the number of the last of these.</param>
/// <param name="IsSent">Whether it has been sent; each pulse sends it again.</param>
public sealed record StageMark(Dictionary<SourcePartition, long> Reached, Dictionary<int, long> Numbers, bool IsSent);

/// <summary>How far a cell of a stage is, told to one that takes its deltas.</summary>
/// <param name="From">The sender's place.</param>
/// <param name="Number">The number of the last delta in the channel to the receiver that this is about; 0 for none.</param>
/// <param name="Reached">By partition, the offset before which everything that records come to is in the deltas up to that one.</param>
public sealed record FrontierMessage(int From, long Number, Dictionary<SourcePartition, long> Reached);
