using Serverless.Engine.Runtime;

namespace Serverless.Queries.Tests;

/// <summary>How records reach a job: batches cut at random, partitions interleaved at random, a tenth delivered twice, restarts in between.</summary>
internal static class Schedule
{
    /// <summary>Delivers the records of some sources to a job.</summary>
    public static void Deliver(JobHarness harness, IReadOnlyList<TestSource> sources, Random random)
    {
        var named = harness.Sources.Select(name => sources.First(s => s.Name == name)).ToList();
        Deliver(harness, [.. named.Select(s => s.Records.Select(r => r.ToRecord(s.Columns, random)))], random, 1 + random.Next(8));
    }

    /// <summary>Delivers records, source by source, to a job.</summary>
    public static void Deliver(JobHarness harness, IReadOnlyList<IEnumerable<Record>> sources, Random random, int largest)
    {
        var partitions = sources.SelectMany((records, source) => records.GroupBy(r => r.Partition).Select(g => (Source: source, Records: g.OrderBy(r => r.Offset).ToList()))).ToList();
        var position = new int[partitions.Count];
        // Some partitions are read late, so that records come in another order than they stand in.
        var slowness = partitions.ConvertAll(_ => random.Next(6));
        var restartAt = random.Next(Math.Max(1, partitions.Sum(p => p.Records.Count)));
        var (restarted, delivered) = (false, 0);
        while (partitions.Zip(position).Any(p => p.Second < p.First.Records.Count))
        {
            var batch = new List<SourceRecords>();
            for (var p = 0; p < partitions.Count; p++)
            {
                if (random.Next(6) < slowness[p])
                    continue;
                var records = partitions[p].Records;
                // A tenth is read again, together with what is new.
                var from = Math.Max(0, position[p] - (random.Next(10) == 0 ? random.Next(1 + largest) : 0));
                var piece = records.GetRange(from, Math.Min(1 + random.Next(largest), records.Count - from));
                position[p] = Math.Max(position[p], from + piece.Count);
                delivered += piece.Count;
                if (piece.Count > 0)
                    batch.Add(new SourceRecords(partitions[p].Source, piece));
            }

            harness.Deliver(batch);
            if (!restarted && delivered >= restartAt)
            {
                restarted = true;
                harness.Restart();
            }
        }
    }

    private static void Deliver(this JobHarness harness, List<SourceRecords> batch)
    {
        if (harness.IsDataflow)
            harness.Process(batch);
        else
            foreach (var records in batch)
                harness.Process([records]);
    }
}
