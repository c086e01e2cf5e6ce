using Serverless.Engine.State;

namespace Serverless.Simulation;

/// <summary>Takes nothing for seen.</summary>
internal sealed class ForgetfulOffsets : AppliedOffsets
{
    public override bool Covers(int partition, long offset) => false;

    public override bool IsFree(int partition, long first, long last) => true;
}

/// <summary>Takes everything below the last offset for seen.</summary>
internal sealed class LastOffsetOnly : AppliedOffsets
{
    public override bool Covers(int partition, long offset) => offset <= Last(partition);

    public override bool IsFree(int partition, long first, long last) => first > Last(partition);

    private long Last(int partition) => Partitions.Where(p => p.Partition == partition).SelectMany(p => p.Ranges).Select(r => r.Last).DefaultIfEmpty(-1).Last();
}

/// <summary>Takes every slice for the first of its reading.</summary>
internal sealed class OffsetsWithoutProofs : AppliedOffsets
{
    public override void Add(int partition, long first, long last, long began, long now, long horizon) => base.Add(partition, first, last, first, now, horizon);
}
