using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Local.Running;

/// <summary>Whether a job that started anew has read all that there was when it started, and so all that its former state was made of.</summary>
/// <param name="bounds">The partitions when it started; without any it is not known what there is, and it never catches up.</param>
internal sealed class CatchUp(IReadOnlyList<PartitionBounds> bounds)
{
    private readonly Dictionary<int, long> _ahead = bounds.Where(b => b.Next < b.End).ToDictionary(b => b.Partition, b => b.End);

    /// <summary>Whether it has.</summary>
    public bool IsOver => bounds.Count > 0 && _ahead.Count == 0;

    /// <summary>Takes note of records that were applied.</summary>
    public void Read(IReadOnlyList<Record> records)
    {
        if (_ahead.Count > 0)
            foreach (var record in records)
                if (_ahead.TryGetValue(record.Partition, out var end) && record.Offset >= end - 1)
                    _ahead.Remove(record.Partition);
    }

    /// <summary>Notes how far reading is behind; a partition's last offsets may hold no record.</summary>
    public void Read(IReadOnlyList<PartitionLag> lags)
    {
        foreach (var lag in lags)
            if (lag.Lag == 0)
                _ahead.Remove(lag.Partition);
    }
}
