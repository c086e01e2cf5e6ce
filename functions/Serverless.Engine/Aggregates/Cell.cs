using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>The partial aggregates of one bucket; of the whole group where there is no timeline.</summary>
internal sealed class Cell(Accumulator[] accumulators)
{
    /// <summary>Its place in the order of buckets.</summary>
    public int Rank { get; set; }

    /// <summary>The events it is made of.</summary>
    public long Events { get; set; }

    /// <summary>The life of the summary that it is of: see <see cref="RowVersion"/>. Of a group's own cells, and those of shards, 0.</summary>
    public long Life { get; set; }

    /// <summary>One per aggregate.</summary>
    public Accumulator[] Accumulators { get; private set; } = accumulators;

    /// <summary>Takes over what another holds.</summary>
    public void Become(Cell other) => (Events, Life, Accumulators) = (other.Events, other.Life, other.Accumulators);

    public void Merge(Cell other)
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
/// <param name="Bucket">The bucket's cell.</param>
/// <param name="Values">The merge of all cells up to it.</param>
internal readonly record struct RunningCell(Cells Owner, Cell Bucket, Cell Values)
{
    public void Write(StateWriter writer)
    {
        Owner.WriteBucket(Bucket, writer);
        Values.Write(writer);
    }
}

/// <summary>A group's cells in the order of their buckets, NULL first.</summary>
internal abstract class Cells(Func<Cell> make)
{
    protected Cell Make() => make();

    /// <summary>The cells in order.</summary>
    public List<Cell> All { get; } = [];

    /// <summary>Finds or makes the cell of an event.</summary>
    public abstract Cell At(in Slice slice, int row);

    /// <summary>How many events of a slice, from one on, fall into the same bucket.</summary>
    public abstract int RunLength(in Slice slice, ReadOnlySpan<int> rows);

    /// <summary>Finds or makes the cell of a bucket that a shard has written, and reads what the shard says of it.</summary>
    public abstract Cell ReadAt(ref StateReader reader, out Cell incoming);

    /// <summary>Puts a cell's bucket into a column of one row.</summary>
    public abstract void Bucket(Cell cell, Column output);

    /// <summary>Writes a cell's bucket.</summary>
    public abstract void WriteBucket(Cell cell, StateWriter writer);

    /// <summary>The running values of these cells, each the merge of all up to it, from one on.</summary>
    public IEnumerable<RunningCell> Running(Cell earliest)
    {
        if (All.Count == 1)
        {
            yield return new RunningCell(this, earliest, earliest);
            yield break;
        }

        var running = Make();
        foreach (var cell in All)
        {
            running.Merge(cell);
            if (cell.Rank >= earliest.Rank)
                yield return new RunningCell(this, cell, running);
        }
    }

    /// <summary>The running values over several shards, whose cells are running values already, from one of this shard's buckets on.</summary>
    public abstract IEnumerable<RunningCell> RunningOver(IReadOnlyList<Cells> shards, Cell earliest);

    /// <summary>Whether a cell of these comes before one of another shard's.</summary>
    public abstract bool IsBefore(Cell cell, Cells shard, Cell other);

    public abstract void Write(StateWriter writer);

    public abstract void Read(ref StateReader reader);

    /// <summary>Makes empty cells for buckets of a type; null for a group without a timeline.</summary>
    public static Cells Create(SqlType? bucket, Func<Cell> make) => bucket is null
        ? new SingleCell(make)
        : (Cells)Activator.CreateInstance(typeof(BucketCells<>).MakeGenericType(bucket.ClrType), make)!;
}

/// <summary>The one cell of a group without a timeline.</summary>
internal sealed class SingleCell : Cells
{
    public SingleCell(Func<Cell> make) : base(make) => All.Add(Make());

    public override Cell At(in Slice slice, int row) => All[0];

    public override int RunLength(in Slice slice, ReadOnlySpan<int> rows) => rows.Length;

    public override Cell ReadAt(ref StateReader reader, out Cell incoming)
    {
        incoming = Make();
        incoming.Read(ref reader);
        return All[0];
    }

    public override void Bucket(Cell cell, Column output) => output.AppendNull();

    public override void WriteBucket(Cell cell, StateWriter writer)
    {
        // There is only one.
    }

    public override IEnumerable<RunningCell> RunningOver(IReadOnlyList<Cells> shards, Cell earliest)
    {
        var running = Make();
        foreach (var shard in shards)
            running.Merge(shard.All[0]);
        yield return new RunningCell(this, earliest, running);
    }

    public override bool IsBefore(Cell cell, Cells shard, Cell other) => false;

    public override void Write(StateWriter writer) => All[0].Write(writer);

    public override void Read(ref StateReader reader) => All[0].Read(ref reader);
}

/// <summary>The cells of a timeline.</summary>
internal sealed class BucketCells<T>(Func<Cell> make) : Cells(make)
{
    private readonly List<T> _buckets = [];

    public override Cell At(in Slice slice, int row) => At(((Column<T>)slice.Events.Bucket!).Values[row]);

    public override Cell ReadAt(ref StateReader reader, out Cell incoming)
    {
        var cell = At(reader.Value<T>());
        incoming = Make();
        incoming.Read(ref reader);
        return cell;
    }

    public override void WriteBucket(Cell cell, StateWriter writer) => writer.Value(_buckets[cell.Rank]);

    public override IEnumerable<RunningCell> RunningOver(IReadOnlyList<Cells> shards, Cell earliest)
    {
        var first = _buckets[earliest.Rank];
        var next = new int[shards.Count]; // per shard, the first cell not passed yet
        while (true)
        {
            // The least bucket not passed yet, over all shards.
            BucketCells<T>? owner = null;
            var rank = 0;
            for (var i = 0; i < next.Length; i++)
            {
                var shard = (BucketCells<T>)shards[i];
                if (next[i] < shard.All.Count && (owner is null || Compare(shard._buckets[next[i]], owner._buckets[rank]) < 0))
                    (owner, rank) = (shard, next[i]);
            }

            if (owner is null)
                yield break;
            var bucket = owner._buckets[rank];
            for (var i = 0; i < next.Length; i++)
            {
                var shard = (BucketCells<T>)shards[i];
                if (next[i] < shard.All.Count && Compare(shard._buckets[next[i]], bucket) == 0)
                    next[i]++;
            }

            if (Compare(bucket, first) < 0)
                continue;
            var running = Make();
            for (var i = 0; i < next.Length; i++)
                if (next[i] > 0)
                    running.Merge(shards[i].All[next[i] - 1]);
            yield return new RunningCell(owner, owner.All[rank], running);
        }
    }

    public override bool IsBefore(Cell cell, Cells shard, Cell other) => Compare(_buckets[cell.Rank], ((BucketCells<T>)shard)._buckets[other.Rank]) < 0;

    private Cell At(T bucket)
    {
        // Time mostly goes forward: look from the end.
        var i = _buckets.Count - 1;
        while (i >= 0 && Compare(_buckets[i], bucket) is var order && order >= 0)
        {
            if (order == 0)
                return All[i];
            i--;
        }

        var cell = Make();
        _buckets.Insert(i + 1, bucket);
        All.Insert(i + 1, cell);
        for (var rank = i + 1; rank < All.Count; rank++)
            All[rank].Rank = rank;
        return cell;
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

    public override void Bucket(Cell cell, Column output) => ((Column<T>)output).Append(_buckets[cell.Rank]);

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
            var cell = Make();
            cell.Rank = rank;
            cell.Read(ref reader);
            All.Add(cell);
        }
    }

    private static int Compare(T left, T right)
    {
        if (left is null || right is null)
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        return ValueOrder<T>.Compare(left, right);
    }
}
