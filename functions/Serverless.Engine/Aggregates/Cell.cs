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

    /// <summary>One per aggregate.</summary>
    public Accumulator[] Accumulators { get; } = accumulators;

    public void Merge(Cell other)
    {
        Events += other.Events;
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

    /// <summary>Puts a cell's bucket into a column of one row.</summary>
    public abstract void Bucket(Cell cell, Column output);

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

    public override void Bucket(Cell cell, Column output) => output.AppendNull();

    public override void Write(StateWriter writer) => All[0].Write(writer);

    public override void Read(ref StateReader reader) => All[0].Read(ref reader);
}

/// <summary>The cells of a timeline.</summary>
internal sealed class BucketCells<T>(Func<Cell> make) : Cells(make)
{
    private readonly List<T> _buckets = [];

    public override Cell At(in Slice slice, int row)
    {
        var bucket = ((Column<T>)slice.Events.Bucket!).Values[row];
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
