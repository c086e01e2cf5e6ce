using System.Globalization;
using System.Text;
using Serverless.Connectors.Nexmark;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;
using Serverless.Queries.Tests.Nexmark;

namespace Serverless.Durable.Tests;

/// <summary>What batches of jobs of several stages cost in durable messages, operator by operator.</summary>
public sealed class StageMessagesTests(ITestOutputHelper output)
{
    private const int Records = 1_000;
    private const int Keys = 200;
    private const int Events = 5_000; // of more, what is for one cell may need two messages

    [Theory]
    [InlineData("the last row of each key", "SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY t DESC, v) AS n FROM s) WHERE n = 1")]
    [InlineData("a window", "SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(t), INTERVAL '1' DAY)) GROUP BY k, window_start, window_end")]
    [InlineData("an aggregate of an aggregate", "SELECT CAST(n AS STRING), COUNT(*) FROM (SELECT k, COUNT(*) AS n FROM s GROUP BY k) GROUP BY n")]
    [InlineData("a join of aggregates", "SELECT a.k, a.n + b.n FROM (SELECT k, COUNT(*) AS n FROM s GROUP BY k) AS a JOIN (SELECT k, COUNT(*) AS n FROM r GROUP BY k) AS b ON a.k = b.k")]
    [InlineData("a join and an aggregate", "SELECT s.k, SUM(s.v) FROM s JOIN r ON s.k = r.k GROUP BY s.k")]
    [InlineData("a union of two topics, aggregated", "SELECT k, COUNT(*) FROM (SELECT k, v FROM s UNION SELECT k, v FROM r) GROUP BY k")]
    [InlineData("a lookup and an aggregate", "SELECT d.name, COUNT(*) FROM (SELECT k, PROCTIME() AS pt FROM s) AS s JOIN d FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k GROUP BY d.name")]
    public Task A_batch_costs_messages_by_the_cells_and_never_by_its_rows(string name, string select) => CountAsync(
        name,
        $"""
        CREATE TABLE s (k STRING, v BIGINT, t TIMESTAMP(3), WATERMARK FOR t AS t) WITH ('connector' = 'kafka', 'topic' = 'left', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE r (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 'right', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE d (k STRING, name STRING) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'd');
        CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
        INSERT INTO o {select};
        """,
        Some);

    public static IEnumerable<TheoryDataRow<string>> Nexmark => NexmarkScripts.SeveralStages.Keys.Select(q => new TheoryDataRow<string>(q));

    [Theory]
    [MemberData(nameof(Nexmark))]
    public Task A_batch_of_Nexmarks_events_costs_messages_by_the_cells_and_never_by_its_rows(string name)
    {
        var events = new NexmarkGenerator(1, 500, EntityWorld.Start.UtcDateTime);
        return CountAsync(
            name,
            NexmarkScripts.Of(NexmarkScripts.Once(name), NexmarkScripts.SeveralStages[name], "'connector' = 'blackhole'", ", 'properties.bootstrap.servers' = 'b:9092'"),
            _ => [.. Enumerable.Range(0, Events).Select(i => new Record(0, i, 0, NexmarkJson.Of(events.Event(i))))]);
    }

    private async Task CountAsync(string name, string script, Func<int, Record[]> records)
    {
        var job = new DurableJob(Jobs.Compile(script), new Generation("g0", "", EntityWorld.Start));
        var world = new Stages(job);
        var ingest = new StageIngest(job, [new NamesOfKeys()]);
        List<Signal> sent = [];
        for (var source = 0; source < job.Job.Sources.Count; source++)
            sent.AddRange(await ingest.PackAsync(source, records(source), "t", [], TestContext.Current.CancellationToken));
        await world.RunAsync(sent);

        var plan = job.Stages!.Plan;
        var (cells, parts) = (new StagePlaces(job).Cells, OutboxPartition.Count);
        // Rows reach a stage once by each number of stages that they have come through.
        var waves = new List<HashSet<int>>();
        foreach (var stage in plan.Stages)
            waves.Add([.. stage.Sources.Select(_ => 0), .. stage.Inputs.SelectMany(i => waves[i], (_, wave) => wave + 1)]);
        Assert.InRange(sent.Count, 1, (plan.Stages.Sum(s => s.Sources.Count) * cells) + (plan.Sink.Sources.Count * parts));
        Assert.InRange(world.Deltas, 1, (plan.Stages.Sum(s => s.Inputs.Sum(i => waves[i].Count)) * cells * cells) + (plan.Sink.Inputs.Sum(i => waves[i].Count) * cells * parts));
        Assert.InRange(world.Timers, 1, 2 * waves.Sum(w => w.Count) * cells);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", plan.Stages.Select(s => s.Operator))}: {sent.Count} + {world.Deltas} deltas, {world.Timers} timers, and {world.Confirmations} confirmations within half a minute"));
    }

    /// <summary>A table in which each key's name is the key.</summary>
    private sealed class NamesOfKeys : ILookup
    {
        public ValueTask<IReadOnlyList<LookupRows>> FindAsync(IReadOnlyList<LookupKey> keys, CancellationToken cancellationToken) => new([.. keys.Select(k => new LookupRows([[k.Values[0]]]))]);
    }

    private static Record[] Some(int source)
    {
        var random = new Random(source);
        return [.. Enumerable.Range(0, Records).Select(i => new Record(0, i, 0, Encoding.UTF8.GetBytes($$"""{"k":"k{{random.Next(Keys)}}","v":{{random.Next(100)}},"t":"2026-01-01 10:00:{{i % 60:00}}"}""")))];
    }

    /// <summary>The cells and outputs of a job, which take messages in the order they come.</summary>
    private sealed class Stages(DurableJob job)
    {
        private readonly StageDispatcher _cells = new(job, null);
        private readonly Dictionary<string, StageCellState> _states = [];
        private readonly Dictionary<string, OutboxState> _outputs = [];
        private int _ticks;

        public int Deltas { get; private set; }

        public int Timers { get; private set; }

        public int Confirmations { get; private set; }

        /// <summary>Until nothing is on its way but what waits for a time.</summary>
        public async Task RunAsync(IEnumerable<Signal> signals)
        {
            var now = EntityWorld.Start;
            var (waiting, later) = (new Queue<Signal>(signals), new List<Signal>());
            while (waiting.TryDequeue(out var signal))
            {
                var made = new List<Signal>();
                if (signal.To == EntityKind.Output)
                    Output(signal, now, made);
                else
                    await _cells.RunAsync(signal.Key, new Operation(signal), StateOf(signal.Key), now, $"t{_ticks++}", made, CancellationToken.None);
                foreach (var next in made)
                {
                    if (next.At > now)
                        later.Add(next);
                    else
                        waiting.Enqueue(next);
                    Count(next, now);
                }
            }

            // The confirmations that are due.
            now += job.Times.ConfirmEvery;
            foreach (var due in later.Where(s => s.At <= now))
            {
                var made = new List<Signal>();
                if (due.To == EntityKind.Output)
                    new Outbox(job, PartOf(due), TimeSpan.FromSeconds(1), _outputs[due.Key], made).IsDue((TickMessage)due.Input);
                else
                    await _cells.RunAsync(due.Key, new Operation(due), StateOf(due.Key), now, $"t{_ticks++}", made, CancellationToken.None);
                Confirmations += made.Count(m => m.Operation == Operations.Confirm);
            }
        }

        private void Count(Signal signal, DateTimeOffset now)
        {
            if (signal.Input is DeltasMessage)
                Deltas++;
            else if (signal is { To: EntityKind.Stage, Operation: Operations.Tick } && !(signal.At > now))
                Timers++;
        }

        private void Output(Signal signal, DateTimeOffset now, List<Signal> made)
        {
            if (!_outputs.TryGetValue(signal.Key, out var state))
                _outputs.Add(signal.Key, state = new OutboxState());
            var box = new Outbox(job, PartOf(signal), TimeSpan.FromSeconds(1), state, made);
            box.Add((DeltasMessage)signal.Input, now, $"t{_ticks++}");
            box.SetTimers(now, $"t{_ticks++}");
            box.Close();
        }

        private StageCellState StateOf(string key)
        {
            if (!_states.TryGetValue(key, out var state))
                _states.Add(key, state = new StageCellState());
            return state;
        }

        private static int PartOf(Signal signal) => int.Parse(signal.Key[(signal.Key.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
    }

    private sealed class Operation(Signal signal) : IOperation
    {
        public string Name => signal.Operation;

        public T? Input<T>() where T : class => signal.Input as T;
    }
}
