using Serverless.Engine.Aggregates;
using Serverless.Engine.Ingest;

namespace Serverless.Engine.State;

/// <summary>Events once each: which offsets have been seen, and the aggregates of those events, bucket by bucket. What <see cref="Group"/> and <see cref="Shard"/> have in common.</summary>
internal sealed class AggregateState
{
    private readonly CompiledJob _compiled;
    private readonly AppliedOffsets _applied;
    private readonly DistinctValues?[] _distinct;
    private int[] _fresh = [];

    public AggregateState(CompiledJob compiled, AppliedOffsets applied)
    {
        (_compiled, _applied) = (compiled, applied);
        BucketStates = BucketStates.Create(compiled.Job.Timeline?.Bucket.Type, compiled.NewBucket);
        _distinct = [.. compiled.Job.Aggregates.Select(a => a.IsDistinct ? DistinctValues.Create(a.Argument!.Type) : null)];
    }

    public BucketStates BucketStates { get; }

    public AppliedOffsets Applied => _applied;

    /// <summary>Whether it is made of no event: nothing has come but proofs of what is missing.</summary>
    public bool IsEmpty => BucketStates.All.TrueForAll(c => c.Events == 0);

    /// <summary>Applies the events that have not been seen before.</summary>
    /// <param name="slices">The events.</param>
    /// <param name="now">The time, in milliseconds.</param>
    /// <param name="duplicates">How many had been seen.</param>
    /// <returns>The earliest bucket that the input touches, changed or not; null where it has no event.</returns>
    public BucketState? Apply(ReadOnlySpan<Slice> slices, long now, out int duplicates)
    {
        BucketState? earliest = null;
        duplicates = 0;
        foreach (ref readonly var slice in slices)
        {
            var rest = slice.Rows.Span;
            var offsets = slice.Events.Offsets.Values;
            var isFree = rest.Length == 0 || _applied.IsFree(slice.Partition, offsets[rest[0]], offsets[rest[^1]]);
            while (rest.Length > 0)
            {
                var run = rest[..BucketStates.RunLength(slice, rest)];
                rest = rest[run.Length..];
                var bucket = BucketStates.At(slice, run[0]);
                if (earliest is null || bucket.Rank < earliest.Rank)
                    earliest = bucket;
                var fresh = isFree ? run : Fresh(slice, run);
                duplicates += run.Length - fresh.Length;
                Add(bucket, slice, fresh);
            }

            _applied.Add(slice.Partition, slice.First, slice.Last, slice.Began, now, _compiled.DedupHorizon);
        }

        return earliest;
    }

    public void Write(StateWriter writer)
    {
        _applied.Write(writer);
        BucketStates.Write(writer);
        foreach (var distinct in _distinct)
            distinct?.Write(writer);
    }

    public void Read(ref StateReader reader, bool hasProofs)
    {
        _applied.Read(ref reader, hasProofs);
        BucketStates.Read(ref reader);
        foreach (var distinct in _distinct)
            distinct?.Read(ref reader, BucketStates.All);
    }

    private ReadOnlySpan<int> Fresh(in Slice slice, ReadOnlySpan<int> rows)
    {
        if (_fresh.Length < rows.Length)
            _fresh = new int[rows.Length];
        var count = 0;
        foreach (var row in rows)
            if (!_applied.Covers(slice.Partition, slice.Events.Offsets.Values[row]))
                _fresh[count++] = row;
        return _fresh.AsSpan(0, count);
    }

    private void Add(BucketState bucket, in Slice slice, ReadOnlySpan<int> rows)
    {
        if (rows.Length == 0)
            return;
        bucket.Events += rows.Length;
        for (var i = 0; i < bucket.Accumulators.Length; i++)
        {
            var argument = _compiled.ArgumentOf[i];
            var column = argument < 0 ? null : slice.Events.Arguments[argument];
            if (_distinct[i] is { } distinct)
                distinct.Add(bucket, i, column!, rows);
            else
                bucket.Accumulators[i].Add(column, slice, rows);
        }
    }
}
