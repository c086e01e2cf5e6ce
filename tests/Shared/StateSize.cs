using System.Globalization;
using System.Text;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Testing;

/// <summary>
/// How many ranges of offsets groups hold: events over a thousand groups and four partitions, in batches that each touch a tenth of the groups, read by one
/// reader after another.
/// </summary>
internal static class StateSize
{
    private const int Groups = 1000;
    private const int Partitions = 4;
    private const int BatchSize = 5000;

    private const string Sql = """
        CREATE TABLE s (k STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'none', 'format' = 'json');
        CREATE TABLE r (k STRING, total INT) WITH ('connector' = 'blackhole');
        INSERT INTO r SELECT k, SUM(n) FROM s GROUP BY k;
        """;

    /// <summary>The most ranges that any group holds of any partition: before the first restart, and at the end.</summary>
    /// <param name="events">How many events.</param>
    /// <param name="restarts">How often a fresh reader takes over.</param>
    /// <param name="connectors">Knows the connectors of the script.</param>
    public static (int BeforeRestart, int AtTheEnd, double BytesPerGroup) Measure(int events, int restarts, IConnectorCatalog connectors)
    {
        var compiled = new CompiledJob(ScriptCompiler.Compile(new SourceText("state.sql", Sql), connectors).Jobs.Single());
        var rows = new RowBuilder(compiled);
        var groups = new Dictionary<string, Group>();
        var values = Enumerable.Range(0, Groups).Select(g => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"k":"group{{g}}","n":1}"""))).ToArray();
        var random = new Random(1);
        var next = new long[Partitions];
        var batches = events / BatchSize;
        var beforeRestart = 0;
        var ingestor = new Ingestor(compiled, "t");
        for (var i = 0; i < batches; i++)
        {
            if (i > 0 && i % (batches / (restarts + 1)) == 0)
            {
                if (beforeRestart == 0)
                    beforeRestart = MostRanges(groups);
                ingestor = new Ingestor(compiled, "t");
            }

            var touched = random.Next(10); // this tenth of the groups
            var batch = new Engine.Ingest.Record[BatchSize];
            for (var e = 0; e < BatchSize; e++)
            {
                var partition = random.Next(Partitions);
                batch[e] = new Engine.Ingest.Record(partition, next[partition]++, 0, values[(random.Next(Groups / 10) * 10) + touched]);
            }

            foreach (var message in ingestor.Process(batch).Groups)
            {
                if (!groups.TryGetValue(message.Key, out var group))
                    groups.Add(message.Key, group = new Group(compiled, message.Key));
                group.Apply(message.Slices.Span, rows, DateTimeOffset.UnixEpoch);
            }

            ingestor.Stored();
        }

        var writer = new StateWriter();
        foreach (var group in groups.Values)
            group.Write(writer);
        return (beforeRestart, MostRanges(groups), (double)writer.Written.Length / groups.Count);
    }

    private static int MostRanges(Dictionary<string, Group> groups) => groups.Values.Max(g => g.Applied!.Partitions.Max(p => p.Ranges.Count));
}
