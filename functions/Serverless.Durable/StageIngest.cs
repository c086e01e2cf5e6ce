using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;

namespace Serverless.Durable;

/// <summary>
/// Records of a job of several stages to deltas for the cells of its first stages. A cell is told what a stretch of a partition holds for it, from right behind the last
/// stretch that it was told of in this reading, so that what it has seen is one range nearly always. One batch at a time.
/// </summary>
public sealed class StageIngest
{
    private readonly StageRunners _runners;
    private readonly IReadOnlyList<ILookup> _lookups;
    private readonly StagePlaces _places;
    private readonly Dictionary<(int Source, int Partition), Reading> _readings = [];
    private readonly List<Action> _stored = [];

    /// <summary>Makes one.</summary>
    /// <param name="job">A job of several stages.</param>
    /// <param name="lookups">What finds rows in the tables of <see cref="Dataflow.LookupsOf"/>, in that order; it may be left out if there are none.</param>
    public StageIngest(DurableJob job, IReadOnlyList<ILookup>? lookups = null) => (_places, _runners, _lookups) = (new StagePlaces(job), job.Stages!, lookups ?? []);

    /// <summary>Returns the messages of a batch.</summary>
    /// <param name="source">The source, by its place among the job's.</param>
    /// <param name="records">The records; of each partition in the order of their offsets.</param>
    /// <param name="topic">What dead letters call the source.</param>
    /// <param name="letters">Gets the records that cannot be used.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IReadOnlyList<Signal>> PackAsync(int source, IReadOnlyList<Record> records, string topic, ICollection<DeadLetter> letters, CancellationToken cancellationToken)
    {
        _stored.Clear();
        var rows = (await _runners.UseAsync(r => r.IngestAsync(source, records, topic, letters, _lookups, cancellationToken))).SelectMany(_places.Of, (row, place) => (row, place)).ToLookup(r => r.place, r => r.row);
        var parts = new List<(int Place, DeltaPart Part)>();
        foreach (var partition in records.GroupBy(r => r.Partition))
        {
            var (first, last) = (partition.First().From, partition.Last().Offset);
            var reading = _readings.GetValueOrDefault((source, partition.Key));
            if (reading?.Next != first)
                reading = new Reading(first, first, []);
            var told = new Dictionary<int, long>(reading.Told);
            foreach (var place in rows)
            {
                var own = place.Where(r => records[r.Record].Partition == partition.Key).Select(r => new NumberedRow(records[r.Record].Offset, r.Row)).ToList();
                if (own.Count == 0)
                    continue;
                parts.AddRange(Cut(source, partition.Key, reading.Behind(place.Key), last, Kept(place.Key, own)).Select(p => (place.Key, p)));
                told[place.Key] = last;
            }

            var after = new Reading(reading.Began, last + 1, told);
            _stored.Add(() => _readings[(source, partition.Key)] = after);
        }

        return Messages(parts);
    }

    /// <summary>Returns the messages that tell cells which stretches hold nothing for them.</summary>
    public IReadOnlyList<Signal> Cover()
    {
        _stored.Clear();
        var parts = new List<(int Place, DeltaPart Part)>();
        foreach (var (channel, reading) in _readings)
        {
            var told = new Dictionary<int, long>(reading.Told);
            foreach (var place in _places.OfSource(channel.Source))
            {
                if (reading.Behind(place) >= reading.Next)
                    continue;
                parts.AddRange(Cut(channel.Source, channel.Partition, reading.Behind(place), reading.Next - 1, []).Select(p => (place, p)));
                told[place] = reading.Next - 1;
            }

            _stored.Add(() => _readings[channel] = reading with { Told = told });
        }

        return Messages(parts);
    }

    /// <summary>Says that the last messages are stored.</summary>
    public void Stored()
    {
        foreach (var stored in _stored)
            stored();
        _stored.Clear();
    }

    /// <summary>Returns the messages that tell entities what offsets that they lack hold for them.</summary>
    /// <param name="source">The source.</param>
    /// <param name="records">What is there, of all that the gaps cover.</param>
    /// <param name="gaps">The gaps, all of one partition of the source.</param>
    /// <param name="topic">What dead letters call the source.</param>
    /// <param name="letters">Gets the records that cannot be used.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IReadOnlyList<Signal>> RepairAsync(
        int source, IReadOnlyList<Record> records, IReadOnlyList<Gap> gaps, string topic, ICollection<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var rows = (await _runners.UseAsync(r => r.IngestAsync(source, records, topic, letters, _lookups, cancellationToken))).SelectMany(_places.Of, (row, place) => (row, place)).ToLookup(r => _places.EntityOf(r.place), r => r.row);
        var places = Enumerable.Range(0, _places.Count).ToDictionary(_places.EntityOf);
        var parts = new List<(int Place, DeltaPart Part)>();
        foreach (var gap in gaps)
        {
            var own = rows[(gap.Kind, gap.Key)].Select(r => new NumberedRow(records[r.Record].Offset, r.Row)).Where(r => r.Number >= gap.First && r.Number <= gap.Last);
            var place = places[(gap.Kind, gap.Key)];
            parts.AddRange(Cut(source, gap.Partition, gap.First, gap.Last, Kept(place, [.. own])).Select(p => (place, p)));
        }

        return Messages(parts);
    }

    // Of what says how far time is, the last word.
    private IReadOnlyList<NumberedRow> Kept(int place, IReadOnlyList<NumberedRow> rows) =>
        _places.StageOf(place) is var stage && stage < _places.Plan.Stages.Count && _places.Plan[stage].HoldsBack ? _runners.Use(runner => runner.Newest(stage, rows)) : rows;

    // What is too large for a message is cut between two offsets.
    private static IEnumerable<DeltaPart> Cut(int source, int partition, long first, long last, IReadOnlyList<NumberedRow> rows)
    {
        var offsets = rows.GroupBy(r => r.Number).Select(g => g.ToList());
        var chunks = Chunks.BySize(offsets, o => o.Sum(r => r.Row.Row.Length + 20L), MessageLimits.MaxBytes).ToList();
        for (var i = 0; i < chunks.Count; i++)
        {
            var end = i == chunks.Count - 1 ? last : chunks[i][^1][0].Number;
            yield return new DeltaPart(source, partition, first, end, StageRowCodec.Write([.. chunks[i].SelectMany(o => o)]));
            first = end + 1;
        }

        if (chunks.Count == 0)
            yield return new DeltaPart(source, partition, first, last, StageRowCodec.Write([]));
    }

    private IReadOnlyList<Signal> Messages(IReadOnlyList<(int Place, DeltaPart Part)> parts)
    {
        var signals = new List<Signal>();
        foreach (var place in parts.GroupBy(p => p.Place, p => p.Part))
        {
            var (kind, key) = _places.EntityOf(place.Key);
            foreach (var some in Chunks.BySize(place, p => MessageLimits.Encoded(p.Rows) + 100, MessageLimits.MostParts))
                signals.Add(new Signal(kind, key, kind == EntityKind.Output ? Operations.Add : Operations.Apply, new DeltasMessage(some)));
        }

        return signals;
    }

    /// <summary>A reading of a partition, without a gap.</summary>
    /// <param name="Began">Where it began.</param>
    /// <param name="Next">The offset behind its last one.</param>
    /// <param name="Told">By place, the last offset that it was told of.</param>
    private sealed record Reading(long Began, long Next, Dictionary<int, long> Told)
    {
        public long Behind(int place) => Told.TryGetValue(place, out var last) ? last + 1 : Began;
    }
}
