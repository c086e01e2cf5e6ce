using Serverless.Connectors;
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
    /// <param name="bounds">The topic's partitions, with what is read first of them; null if that is not known.</param>
    /// <param name="id">A new id.</param>
    /// <param name="now">The time.</param>
    public Generation Next(Generation? known, IReadOnlyList<PartitionBounds>? bounds, string id, DateTimeOffset now)
    {
        var starts = bounds is null ? null : new StartOffsets(bounds.Select(b => (b.Partition, b.Next))).ToString();
        if (known is null)
            return new Generation(id, _fingerprint, now) { Form = form, Starts = starts };
        if (Fits(known) && (known.Form is null || known.Form.Fingerprint == form.Fingerprint))
            return known.Form is null ? known with { Form = form } : known;
        var epoch = EpochRule.Next((known.Formers ?? []).Append(known).Select(g => g.Epoch), now);
        if (Fits(known))
            return known with { Form = form, Since = epoch, Rewrite = new Rewrite(epoch, "its sink, HAVING or outputs have changed") };
        var kept = (known.Formers ?? []).FirstOrDefault(Fits);
        var next = kept is null ? new Generation(id, _fingerprint, epoch) { Starts = starts } : kept with { Since = epoch, Rewrite = new Rewrite(epoch, "it is again what it was before") };
        return next with
        {
            Form = form,
            Formers = [Kept(known), .. (known.Formers ?? []).Where(f => f.Id != next.Id)],
            Ends = bounds?.ToDictionary(b => b.Partition, b => b.End),
        };
    }

    /// <summary>Returns the records that a job's former states have read, or may have, and the present one does not: their rows are made of more than its own.</summary>
    public static IReadOnlyList<(int Partition, long From, long To)> MissingOf(Generation generation) =>
        EpochRule.MissingOf(generation.Start, (generation.Formers ?? []).Select(f => f.Start));

    // Rows under other keys of one table would have to be deleted one by one before the others are written: such a state is begun anew instead.
    private bool Fits(Generation known) =>
        CellCount.Fits(job, known.Fingerprint, _fingerprint) && (known.Form is not { } was || was.Table != form.Table || was.Fingerprint == form.Fingerprint || HasKeysOf(was));

    private bool HasKeysOf(OutputForm was) =>
        was.Compile(job.Name, Plan.Fingerprint(job), connectors) is { } former && Keys(former).SequenceEqual(Keys(job));

    private static IEnumerable<string?> Keys(Job job) => job.Sink.PrimaryKey.Select(i => job.Outputs[i].ToString());

    private static Generation Kept(Generation known) => known with { Rewrite = null, Formers = null, Ends = null, CaughtUp = null, Deleted = null };
}
