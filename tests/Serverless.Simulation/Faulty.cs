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

    private long Last(int partition) => Partitions.Where(p => p.Partition == partition).Select(p => p.Ranges[^1].Last).DefaultIfEmpty(-1).First();
}

/// <summary>Keeps the row that came last.</summary>
internal sealed class UnversionedOutput(OutputLimits limits) : Output(limits)
{
    protected override bool IsStale(string key, RowVersion version) => false;

    protected override bool Replaces(RowChange change, RowChange waiting) => true;
}
