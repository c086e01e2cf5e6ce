using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>The partial aggregates of one bucket; of the whole group where there is no timeline.</summary>
internal sealed class BucketState(Accumulator[] accumulators)
{
    /// <summary>Its place in the order of buckets.</summary>
    public int Rank { get; set; }

    /// <summary>The events it is made of.</summary>
    public long Events { get; set; }

    /// <summary>The life of the summary that it is of: see <see cref="RowVersion"/>. Of a group's own buckets, and those of shards, 0.</summary>
    public long Life { get; set; }

    /// <summary>One per aggregate.</summary>
    public Accumulator[] Accumulators { get; private set; } = accumulators;

    /// <summary>Takes over what another holds.</summary>
    public void Become(BucketState other) => (Events, Life, Accumulators) = (other.Events, other.Life, other.Accumulators);

    public void Merge(BucketState other)
    {
        Events += other.Events;
        Life = Math.Max(Life, other.Life);
        for (var i = 0; i < Accumulators.Length; i++)
            Accumulators[i].Merge(other.Accumulators[i]);
    }

    public void Write(StateWriter writer)
    {
        writer.Long(Events);
        foreach (var accumulator in Accumulators)
            accumulator.Write(writer);
    }

    public void Read(ref StateReader reader)
    {
        Events = reader.Long();
        foreach (var accumulator in Accumulators)
            accumulator.Read(ref reader);
    }
}

/// <summary>A bucket and its running values; these are only good until the next is asked for.</summary>
/// <param name="Owner">Where the bucket is found.</param>
/// <param name="Bucket">The bucket's value.</param>
/// <param name="Values">The merge of all buckets up to it.</param>
internal readonly record struct RunningBucket(BucketStates Owner, BucketState Bucket, BucketState Values)
{
    public void Write(StateWriter writer)
    {
        Owner.WriteBucket(Bucket, writer);
        Values.Write(writer);
    }
}

/// <summary>A group's buckets in their order, NULL first.</summary>
internal abstract class BucketStates(Func<BucketState> make)
{
    protected BucketState Make() => make();

    /// <summary>The buckets in order.</summary>
    public List<BucketState> All { get; } = [];

    /// <summary>Finds or makes the bucket of an event.</summary>
    public abstract BucketState At(in Slice slice, int row);

    /// <summary>How many events of a slice, from one on, fall into the same bucket.</summary>
    public abstract int RunLength(in Slice slice, ReadOnlySpan<int> rows);

    /// <summary>Finds or makes the bucket that a shard has written, and reads what the shard says of it.</summary>
    public abstract BucketState ReadAt(ref StateReader reader, out BucketState incoming);

    /// <summary>Puts a bucket's value into a column of one row.</summary>
    public abstract void Bucket(BucketState state, Column output);

    /// <summary>Writes a bucket's value.</summary>
    public abstract void WriteBucket(BucketState state, StateWriter writer);

    /// <summary>The running values of these buckets, each the merge of all up to it, from one on.</summary>
    public IEnumerable<RunningBucket> Running(BucketState earliest)
    {
        if (All.Count == 1)
        {
            yield return new RunningBucket(this, earliest, earliest);
            yield break;
        }

        var running = Make();
        foreach (var state in All)
        {
            running.Merge(state);
            if (state.Rank >= earliest.Rank)
                yield return new RunningBucket(this, state, running);
        }
    }

    /// <summary>The running values over several shards, whose buckets are running values already, from one of this shard's buckets on.</summary>
    public abstract IEnumerable<RunningBucket> RunningOver(IReadOnlyList<BucketStates> shards, BucketState earliest);

    /// <summary>Whether a bucket of these comes before one of another shard's.</summary>
    public abstract bool IsBefore(BucketState state, BucketStates shard, BucketState other);

    public abstract void Write(StateWriter writer);

    public abstract void Read(ref StateReader reader);

    /// <summary>Makes an empty timeline of a type; null for a group without a timeline.</summary>
    public static BucketStates Create(SqlType? bucket, Func<BucketState> make) => bucket is null ? new SingleBucket(make) : bucket.Carry(new Timeline(make));

    private sealed class Timeline(Func<BucketState> make) : ICarrier<BucketStates>
    {
        public BucketStates Of<T>() => new TimeBuckets<T>(make);
    }
}

/// <summary>The one bucket of a group without a timeline.</summary>
internal sealed class SingleBucket : BucketStates
{
    public SingleBucket(Func<BucketState> make) : base(make) => All.Add(Make());

    public override BucketState At(in Slice slice, int row) => All[0];

    public override int RunLength(in Slice slice, ReadOnlySpan<int> rows) => rows.Length;

    public override BucketState ReadAt(ref StateReader reader, out BucketState incoming)
    {
        incoming = Make();
        incoming.Read(ref reader);
        return All[0];
    }

    public override void Bucket(BucketState state, Column output) => output.AppendNull();

    public override void WriteBucket(BucketState state, StateWriter writer)
    {
        // There is only one.
    }

    public override IEnumerable<RunningBucket> RunningOver(IReadOnlyList<BucketStates> shards, BucketState earliest)
    {
        var running = Make();
        foreach (var shard in shards)
            running.Merge(shard.All[0]);
        yield return new RunningBucket(this, earliest, running);
    }

    public override bool IsBefore(BucketState state, BucketStates shard, BucketState other) => false;

    public override void Write(StateWriter writer) => All[0].Write(writer);

    public override void Read(ref StateReader reader) => All[0].Read(ref reader);
}

/// <summary>The buckets of a timeline.</summary>
internal sealed class TimeBuckets<T>(Func<BucketState> make) : BucketStates(make)
{
    private readonly List<T> _buckets = [];

    public override BucketState At(in Slice slice, int row) => At(((Column<T>)slice.Events.Bucket!).Values[row]);

    public override BucketState ReadAt(ref StateReader reader, out BucketState incoming)
    {
        var state = At(reader.Value<T>());
        incoming = Make();
        incoming.Read(ref reader);
        return state;
    }

    public override void WriteBucket(BucketState state, StateWriter writer) => writer.Value(_buckets[state.Rank]);

    public override IEnumerable<RunningBucket> RunningOver(IReadOnlyList<BucketStates> shards, BucketState earliest)
    {
        var first = _buckets[earliest.Rank];
        var next = new int[shards.Count]; // per shard, the first state not passed yet
        while (true)
        {
            // The least bucket not passed yet, over all shards.
            TimeBuckets<T>? owner = null;
            var rank = 0;
            for (var i = 0; i < next.Length; i++)
            {
                var shard = (TimeBuckets<T>)shards[i];
                if (next[i] < shard.All.Count && (owner is null || Compare(shard._buckets[next[i]], owner._buckets[rank]) < 0))
                    (owner, rank) = (shard, next[i]);
            }

            if (owner is null)
                yield break;
            var bucket = owner._buckets[rank];
            for (var i = 0; i < next.Length; i++)
            {
                var shard = (TimeBuckets<T>)shards[i];
                if (next[i] < shard.All.Count && Compare(shard._buckets[next[i]], bucket) == 0)
                    next[i]++;
            }

            if (Compare(bucket, first) < 0)
                continue;
            var running = Make();
            for (var i = 0; i < next.Length; i++)
                if (next[i] > 0)
                    running.Merge(shards[i].All[next[i] - 1]);
            yield return new RunningBucket(owner, owner.All[rank], running);
        }
    }

    public override bool IsBefore(BucketState state, BucketStates shard, BucketState other) => Compare(_buckets[state.Rank], ((TimeBuckets<T>)shard)._buckets[other.Rank]) < 0;

    private BucketState At(T bucket)
    {
        // Time mostly goes forward: look from the end.
        var i = _buckets.Count - 1;
        while (i >= 0 && Compare(_buckets[i], bucket) is var order && order >= 0)
        {
            if (order == 0)
                return All[i];
            i--;
        }

        var state = Make();
        _buckets.Insert(i + 1, bucket);
        All.Insert(i + 1, state);
        for (var rank = i + 1; rank < All.Count; rank++)
            All[rank].Rank = rank;
        return state;
    }

    public override int RunLength(in Slice slice, ReadOnlySpan<int> rows)
    {
        var values = ((Column<T>)slice.Events.Bucket!).Values;
        var first = values[rows[0]];
        var length = 1;
        while (length < rows.Length && EqualityComparer<T>.Default.Equals(values[rows[length]], first))
            length++;
        return length;
    }

    public override void Bucket(BucketState state, Column output) => ((Column<T>)output).Append(_buckets[state.Rank]);

    public override void Write(StateWriter writer)
    {
        writer.Long(All.Count);
        for (var i = 0; i < All.Count; i++)
        {
            writer.Value(_buckets[i]);
            All[i].Write(writer);
        }
    }

    public override void Read(ref StateReader reader)
    {
        var count = reader.Count();
        for (var rank = 0; rank < count; rank++)
        {
            _buckets.Add(reader.Value<T>());
            var state = Make();
            state.Rank = rank;
            state.Read(ref reader);
            All.Add(state);
        }
    }

    private static int Compare(T left, T right)
    {
        if (left is null || right is null)
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        return ValueOrder<T>.Compare(left, right);
    }
}
