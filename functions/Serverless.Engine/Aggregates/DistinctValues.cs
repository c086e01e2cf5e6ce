using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>
/// The distinct values of one argument in one group, each with the earliest bucket it is seen in: there, and only there, it counts. A late event
/// in an earlier bucket takes its value with it, so that the running count of every bucket is right in any order of arrival.
/// </summary>
internal abstract class DistinctValues
{
    /// <summary>Adds the argument of some events of one bucket.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="index">The aggregate's place among the bucket's accumulators.</param>
    /// <param name="column">The argument.</param>
    /// <param name="rows">The events.</param>
    public abstract void Add(BucketState bucket, int index, Column column, ReadOnlySpan<int> rows);

    public abstract void Write(StateWriter writer);

    public abstract void Read(ref StateReader reader, IReadOnlyList<BucketState> buckets);

    /// <summary>Makes an empty set for values of a type.</summary>
    public static DistinctValues Create(SqlType type) => type.Carry(Set.Instance);

    private sealed class Set : ICarrier<DistinctValues>
    {
        public static readonly Set Instance = new();

        public DistinctValues Of<T>() => new DistinctValues<T>();
    }
}

#pragma warning disable CS8714 // T is a nullable type, as everywhere in columns; NULL itself is never added.
internal sealed class DistinctValues<T> : DistinctValues
{
    private readonly Dictionary<T, BucketState> _earliest =
        typeof(T) == typeof(byte[]) ? (Dictionary<T, BucketState>)(object)new Dictionary<byte[], BucketState>(BytesComparer.Instance)
        : typeof(T) == typeof(string) ? (Dictionary<T, BucketState>)(object)new Dictionary<string, BucketState>(Utf8Comparer.Instance)
        : [];

    public override void Add(BucketState bucket, int index, Column column, ReadOnlySpan<int> rows)
    {
        if (column is TextColumn texts)
        {
            AddTexts(bucket, index, texts, rows);
            return;
        }

        var values = ((Column<T>)column).Values;
        foreach (var row in rows)
        {
            var value = values[row];
            if (value is null)
                continue;
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_earliest, value, out _);
            Count(ref known, bucket, index, column, row);
        }
    }

    // A string is made only of a text that is not known yet.
    private void AddTexts(BucketState bucket, int index, TextColumn texts, ReadOnlySpan<int> rows)
    {
        var earliest = ((Dictionary<string, BucketState>)(object)_earliest).GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var row in rows)
            if (!texts.IsNull(row))
                Count(ref CollectionsMarshal.GetValueRefOrAddDefault(earliest, texts.Utf8(row), out _), bucket, index, texts, row);
    }

    /// <summary>Counts a value in a bucket, unless it is in an earlier one; then no more in the later one that it was in.</summary>
    private static void Count(ref BucketState? known, BucketState bucket, int index, Column column, int row)
    {
        if (known is not null && known.Rank <= bucket.Rank)
            return;
        var value = column.Value<T>(row);
        if (known is not null)
            ((DistinctAccumulator)known.Accumulators[index]).Exclude(value);
        ((DistinctAccumulator)bucket.Accumulators[index]).Include(value);
        known = bucket;
    }

    public override void Write(StateWriter writer)
    {
        writer.Long(_earliest.Count);
        foreach (var (value, bucket) in _earliest)
        {
            writer.Value(value);
            writer.Long(bucket.Rank);
        }
    }

    public override void Read(ref StateReader reader, IReadOnlyList<BucketState> buckets)
    {
        var count = reader.Count();
        _earliest.EnsureCapacity(count);
        for (; count > 0; count--)
            _earliest.Add(reader.Value<T>(), buckets[reader.Index(buckets.Count)]);
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => StructuralComparisons.StructuralEqualityComparer.Equals(x, y);

        public int GetHashCode([DisallowNull] byte[] obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
