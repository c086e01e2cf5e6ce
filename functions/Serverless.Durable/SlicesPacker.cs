using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>What a batch comes to, as messages: one per entity touched, several only where it would be too large.</summary>
/// <param name="job">The job.</param>
public sealed class SlicesPacker(DurableJob job)
{
    // A part's key and JSON's names around it.
    private const int Overhead = 100;

    private readonly EntityKeys _keys = new(job);

    /// <summary>The messages of a batch.</summary>
    /// <param name="slices">The slices of each group or shard.</param>
    /// <param name="at">When they were cut.</param>
    public IReadOnlyList<Signal> Pack(IReadOnlyList<GroupSlices> slices, DateTimeOffset at)
    {
        var writer = new StateWriter();
        var kind = job.Compiled.IsSplit ? EntityKind.Shard : EntityKind.Group;
        var places = slices.SelectMany(g => Fitting(g, writer)).GroupBy(p => PlaceOf(p.Part));
        return
        [
            .. places.SelectMany(place => Chunks.BySize(place, p => MessageLimits.Encoded(p.Part.Slices) + MessageLimits.Encoded(p.Part.Group) + Overhead, MessageLimits.MostParts)
                .Select(parts => new Signal(kind, place.Key, Operations.Apply, new SlicesMessage([.. parts.Select(p => p.Part)], parts.Min(p => p.Oldest), at.ToUnixTimeMilliseconds())))),
        ];
    }

    /// <summary>The messages that tell groups or shards how far the topic is read, and pass by the groups of those shards.</summary>
    /// <param name="slices">What <see cref="Ingestor.Cover"/> gave.</param>
    /// <param name="at">The time.</param>
    public IReadOnlyList<Signal> PackCover(IReadOnlyList<GroupSlices> slices, DateTimeOffset at)
    {
        var signals = Pack(slices, at);
        // Of a split group only the shards have slices, and nobody else passes by it.
        return !job.Compiled.IsSplit ? signals
            : [.. signals, .. slices.Select(g => _keys.OfGroup(g.Key)).Distinct().Select(g => new Signal(EntityKind.Group, g, Operations.Pulse, new PulseMessage()))];
    }

    private string PlaceOf(SlicesPart part) => part.Shard < 0 ? _keys.OfGroup(part.Group) : _keys.OfShard(part.Group, part.Shard);

    private static IEnumerable<(SlicesPart Part, long? Oldest)> Fitting(GroupSlices slices, StateWriter writer)
    {
        writer.Clear();
        slices.Write(writer);
        if (writer.Written.Length <= MessageLimits.MaxBytes || !slices.TryHalve(out var first, out var second))
            return [(new SlicesPart(slices.Key, slices.Shard, writer.Written.ToArray()), slices.Oldest)];
        return [.. Fitting(first, writer), .. Fitting(second, writer)];
    }
}
