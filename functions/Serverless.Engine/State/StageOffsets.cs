namespace Serverless.Engine.State;

/// <summary>
/// What has been added to a cell of a stage: of each source the offsets by partition, and of each channel from another cell the numbers of its deltas. A channel is a
/// partition, and a number an offset.
/// </summary>
public sealed class StageOffsets
{
    /// <summary>The source that stands for the channels.</summary>
    public const int Channels = -1;

    private const byte Version = 1;

    private readonly AppliedOffsets[] _sources;

    /// <summary>Makes one that holds nothing.</summary>
    /// <param name="job">The job.</param>
    public StageOffsets(CompiledJob job) => _sources = [.. Enumerable.Range(0, job.Job.Sources.Count + 1).Select(_ => job.NewOffsets())];

    /// <summary>The offsets of a source, or the numbers of the <see cref="Channels"/>.</summary>
    public AppliedOffsets this[int source] => _sources[source + 1];

    /// <summary>Adds what a message covers, both ends included.</summary>
    public void Add(int source, int partition, long first, long last, DateTimeOffset now) =>
        this[source].Add(partition, first, last, first, now.ToUnixTimeMilliseconds(), long.MaxValue);

    /// <summary>Returns the ranges between two offsets that nothing has covered.</summary>
    /// <param name="source">The source.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="from">The first offset.</param>
    /// <param name="next">The offset behind the last one.</param>
    public IEnumerable<(long First, long Last)> Missing(int source, int partition, long from, long next)
    {
        foreach (var (known, ranges) in this[source].Partitions)
        {
            if (known != partition)
                continue;
            foreach (var range in ranges)
            {
                if (from < Math.Min(range.First, next))
                    yield return (from, Math.Min(range.First, next) - 1);
                from = Math.Max(from, range.Last + 1);
            }
        }

        if (from < next)
            yield return (from, next - 1);
    }

    /// <summary>Writes it.</summary>
    public byte[] Write()
    {
        var writer = new StateWriter();
        writer.Byte(Version);
        writer.Long(_sources.Length);
        foreach (var applied in _sources)
            applied.Write(writer);
        writer.Checksum();
        return writer.Written.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote into one that holds nothing.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or of a later version.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes, "what a stage has added");
        reader.Version(Version, Version);
        reader.Checksum();
        if (reader.Count() != _sources.Length)
            throw reader.Damaged();
        foreach (var applied in _sources)
            applied.Read(ref reader);
        reader.End();
    }
}
