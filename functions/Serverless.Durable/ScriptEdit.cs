using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>Decides which state a job has if its script may be another than the one that the state comes from. Pure: time and identity come in as data.</summary>
/// <param name="job">The job.</param>
/// <param name="form">What it writes.</param>
/// <param name="connectors">The connectors.</param>
public sealed class ScriptEdit(Job job, OutputForm form, IConnectorCatalog connectors)
{
    private readonly string _fingerprint = DurableJob.Fingerprint(job);

    /// <summary>Returns whether the job has another state than before, so that where its topic begins and ends has to be known.</summary>
    /// <param name="known">What it was before; null if it is new.</param>
    public bool IsOther(Generation? known) => known is not null && !Fits(known);

    /// <summary>Returns the job's generation: the one there is, with another form if that has changed; one that is kept; or a new one.</summary>
    /// <param name="known">What it was before; null if it is new.</param>
    /// <param name="bounds">The topics, in the order of the job's sources; not needed unless the job has another state than before.</param>
    /// <param name="id">A new id.</param>
    /// <param name="now">The time.</param>
    public Generation Next(Generation? known, IReadOnlyList<SourceBounds> bounds, string id, DateTimeOffset now)
    {
        if (known is null)
            return New(bounds, id, now) with { Form = form };
        if (Fits(known) && (known.Form is null || known.Form.Fingerprint == form.Fingerprint))
            return known.Form is null ? known with { Form = form } : known;
        var epoch = EpochRule.Next((known.Formers ?? []).Append(known).Select(g => g.Epoch), now);
        if (Fits(known))
            return known with { Form = form, Since = epoch, Rewrite = new Rewrite(epoch, "its sink, HAVING or outputs have changed") };
        // One of several stages starts anew: nothing writes its rows again in a younger epoch.
        var kept = job.Dataflow is null ? (known.Formers ?? []).FirstOrDefault(Fits) : null;
        var next = kept is null ? New(bounds, id, epoch) : kept with { Since = epoch, Rewrite = new Rewrite(epoch, "it is again what it was before") };
        return next with
        {
            Form = form,
            Formers = [Kept(known), .. (known.Formers ?? []).Where(f => f.Id != next.Id)],
            Ends = Ends(bounds),
        };
    }

    /// <summary>Returns the records that a job's former states have read, or may have, and the present one does not: their rows are made of more than its own.</summary>
    /// <param name="generation">The present one.</param>
    /// <param name="source">The source of which they are.</param>
    /// <param name="topic">Its topic.</param>
    public static IReadOnlyList<(int Partition, long From, long To)> MissingOf(Generation generation, int source, string topic)
    {
        var starts = generation.Sources is null ? generation.Starts : generation.Sources[source].Starts;
        return EpochRule.MissingOf(
            StartOffsets.Parse(starts ?? ""),
            // One that read no such topic lacks nothing of it; of which topic one of one stage was is not known.
            (generation.Formers ?? []).Where(f => f.Sources is null || f.Sources.Any(s => s.Topic == topic))
                .Select(f => f.Sources is null ? f.Start : StartOffsets.Parse(f.Sources.First(s => s.Topic == topic).Starts ?? "")));
    }

    // Rows under other keys of one table would have to be deleted one by one before the others are written: such a state is begun anew instead. So is one of several
    // stages, of whose rows only what was written is kept.
    private bool Fits(Generation known) =>
        CellCount.Fits(job, known.Fingerprint, _fingerprint)
        && (known.Form is not { } was || was.Fingerprint == form.Fingerprint || (job.Dataflow is null && (was.Table != form.Table || HasKeysOf(was))));

    private Generation New(IReadOnlyList<SourceBounds> bounds, string id, DateTimeOffset born) => job.Dataflow is null
        ? new Generation(id, _fingerprint, born) { Starts = bounds.Count == 0 ? null : StartsOf(bounds[0]) }
        : new Generation(id, _fingerprint, born) { Sources = [.. bounds.Select(b => new SourceStart(b.Topic, StartsOf(b)))] };

    private static string? StartsOf(SourceBounds bounds) => bounds.Partitions is null ? null : new StartOffsets(bounds.Partitions.Select(b => (b.Partition, b.Next))).ToString();

    private static Dictionary<SourcePartition, long>? Ends(IReadOnlyList<SourceBounds> bounds) => bounds.Count == 0 || bounds.Any(b => b.Partitions is null)
        ? null
        : bounds.SelectMany((b, i) => b.Partitions!.Select(p => (Partition: new SourcePartition(i, p.Partition), p.End))).ToDictionary(p => p.Partition, p => p.End);

    private bool HasKeysOf(OutputForm was) =>
        was.Compile(job.Name, Plan.Fingerprint(job), connectors) is { } former && Keys(former).SequenceEqual(Keys(job));

    private static IEnumerable<string?> Keys(Job job) => job.Sink.PrimaryKey.Select(i => job.Outputs[i].ToString());

    private static Generation Kept(Generation known) => known with { Rewrite = null, Formers = null, Ends = null, CaughtUp = null, Deleted = null };
}
