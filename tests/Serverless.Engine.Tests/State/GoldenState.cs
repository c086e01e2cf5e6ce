using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.State;

/// <summary>Jobs and records whose state lies in files, as each version of the program has written it.</summary>
internal static class GoldenState
{
    /// <summary>The jobs, by what their files are called.</summary>
    public static readonly IReadOnlyDictionary<string, string> Jobs = new Dictionary<string, string>
    {
        ["plain"] = Script(
            "k STRING, c BIGINT, s BIGINT, x DOUBLE, a BIGINT, lo STRING, hi DECIMAL(9, 2), f STRING, l TIMESTAMP(3), d BIGINT, PRIMARY KEY (k) NOT ENFORCED",
            "k, COUNT(*), SUM(n), SUM(x), AVG(n), MIN(v), MAX(m), FIRST_VALUE(v), LAST_VALUE(t), COUNT(DISTINCT n)"),
        ["timeline"] = Script(
            "k STRING, b STRING, c BIGINT, d BIGINT, PRIMARY KEY (k, b) NOT ENFORCED", "k, DATE_FORMAT(MAX(t), 'HH:mm'), COUNT(*), COUNT(DISTINCT v)"),
    };

    public static CompiledJob Compile(string job, bool isSplit) => new(JobHarness.Compile(Jobs[job]), isSplit);

    /// <summary>The records before the state was written, and those that come after it was read.</summary>
    public static (IReadOnlyList<Record> Before, IReadOnlyList<Record> After) Records { get; } = (
        [.. Enumerable.Range(0, 12).Select(i => Event(i % 2, i / 2, i))],
        [.. Enumerable.Range(12, 4).Select(i => Event(i % 2, i / 2, i)), Event(0, 3, 6)]);

    /// <summary>The states of the group 'a', or of its shards and what it has heard of them.</summary>
    public static IReadOnlyDictionary<string, byte[]> Write(string job, bool isSplit)
    {
        var compiled = Compile(job, isSplit);
        var (group, rows, now) = (new Group(compiled, "a"), new RowBuilder(compiled), JobHarness.Now);
        var states = new Dictionary<string, byte[]>();
        var output = new Output(new OutputLimits(100, 1 << 20, 100, 1_000_000));
        var writer = new StateWriter();
        foreach (var slices in new Ingestor(compiled, "topic").Process(Records.Before).Groups)
        {
            if (slices.Shard < 0)
            {
                output.Add(group.Apply(slices.Slices.Span, rows, now));
                continue;
            }

            var shard = new Shard(compiled, "a", slices.Shard);
            group.Merge(shard.Apply(slices.Slices.Span, now, out _)!, now);
            shard.Write(writer);
            states[$"shard{slices.Shard}"] = writer.Written.ToArray();
            writer.Clear();
        }

        group.Write(writer);
        states["group"] = writer.Written.ToArray();
        if (isSplit)
            return states;
        var written = output.Take().Take(1).ToList();
        output.Acknowledge(written, now.ToUnixTimeMilliseconds());
        output.Add(new GroupAnswer([], [new FailedRow("z", written[0].Version, "division by zero", ["z"])], 0));
        writer.Clear();
        output.Write(writer);
        states["output"] = writer.Written.ToArray();
        return states;
    }

    private static string Script(string columns, string outputs) => $"""
        SET 'table.optimizer.distinct-agg.split.bucket-num' = '3';
        CREATE TABLE s (k STRING, n BIGINT, x DOUBLE, m DECIMAL(9, 2), v STRING, t TIMESTAMP(3)) WITH ('connector' = 'kafka');
        CREATE TABLE r ({columns}) WITH ('connector' = 'print');
        INSERT INTO r SELECT {outputs} FROM s GROUP BY k;
        """;

    private static Record Event(int partition, long offset, int i) => new(partition, offset, 1000 + i, Encoding.UTF8.GetBytes(
        $$"""{"k":"a","n":{{i % 5}},"x":{{i}}.1,"m":{{i}}.25,"v":"v{{i % 4}}","t":"2021-12-01 10:{{i % 3:00}}:0{{i % 7}}"}"""));
}
