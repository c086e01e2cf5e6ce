using System.Text;
using System.Text.Json;
using Serverless.Connectors;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;

namespace Serverless.Durable.Tests;

/// <summary>What batches of a job of several stages send.</summary>
public sealed class DataflowIngestTests
{
    private const string Join = """
        CREATE TABLE l (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 'left', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE r (k STRING, w BIGINT) WITH ('connector' = 'kafka', 'topic' = 'right', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
        INSERT INTO o SELECT l.k, COUNT(*) FROM l JOIN r ON l.k = r.k GROUP BY l.k;
        """;

    [Fact]
    public async Task Where_a_job_begins_is_stored_before_the_first_delta_is_sent()
    {
        var (ingest, client) = Make();
        client.Loses = 2;
        await ingest.ProcessAsync(1, Records(7, """{"k":"a","w":1}"""), client, TestContext.Current.CancellationToken);
        Assert.Equal([Operations.Begin, Operations.Begin, Operations.Begin, Operations.Apply], client.Sent.Select(s => s.Operation));
        Assert.Equal(7, client.State.Begins![new SourcePartition(1, 0)]);

        await ingest.ProcessAsync(1, Records(8, """{"k":"a","w":1}"""), client, TestContext.Current.CancellationToken);
        Assert.Equal(3, client.Sent.Count(s => s.Operation == Operations.Begin));
    }

    [Fact]
    public async Task Another_process_that_reads_later_leaves_where_the_job_began_as_it_is()
    {
        var (ingest, client) = Make();
        client.State.Begin(new BeginMessage(new Dictionary<SourcePartition, long> { [new(0, 0)] = 3 }));
        await ingest.ProcessAsync(0, Records(90, """{"k":"a","v":1}"""), client, TestContext.Current.CancellationToken);
        Assert.Equal(3, client.State.Begins![new SourcePartition(0, 0)]);
        Assert.DoesNotContain(client.Sent, s => s.Operation == Operations.Begin);
    }

    [Fact]
    public async Task Records_of_two_sources_come_to_the_inputs_of_one_join_and_bad_ones_to_the_dead_letters_of_the_job()
    {
        var (ingest, client) = Make(out var letters);
        await ingest.ProcessAsync(0, Records(0, """{"k":"a","v":1}"""), client, TestContext.Current.CancellationToken);
        await ingest.ProcessAsync(1, Records(0, """{"k":"a","w":1}""", "{"), client, TestContext.Current.CancellationToken);
        var cells = client.Sent.Where(s => s.Operation == Operations.Apply).ToList();
        Assert.Equal([0, 1], cells.Select(s => ((DeltasMessage)s.Input).Parts.Single().Source));
        Assert.Single(cells.Select(s => s.Key).Distinct());
        Assert.Equal(("right", 1L), letters.All.Select(l => (l.Topic, l.Offset)).Single());
    }

    [Fact]
    public async Task While_a_table_that_rows_are_looked_up_in_is_away_a_batch_sends_nothing_and_has_no_dead_letters()
    {
        var lookup = new Lookup { Away = new SinkUnavailableException("away") };
        var (job, letters, client) = (LookupJob(), new FakeLetters(), new Client());
        var ingest = new DataflowIngest(job, [new JobSource("left", null)], letters, TimeProvider.System, [lookup]);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<SinkUnavailableException>(() => ingest.ProcessAsync(0, Records(0, "1", "2"), client, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(client.Sent, s => s.Operation != Operations.Begin);
        Assert.Empty(letters.All);

        lookup.Away = null;
        lookup.Answers = key => key == "1" ? new LookupRows([["Ann"]]) : new LookupRows([], "no name");
        await ingest.ProcessAsync(0, Records(0, "1", "2"), client, TestContext.Current.CancellationToken);
        Assert.Single(client.Sent, s => s is { To: EntityKind.Stage, Operation: Operations.Apply });
        Assert.Equal((1L, "no name"), letters.All.Select(l => (l.Offset!.Value, l.Reason)).Single());
    }

    [Fact]
    public async Task Of_the_answers_that_a_record_got_whenever_it_was_read_the_one_that_came_first_counts()
    {
        var job = LookupJob();
        var cell = new StageCellState();
        var sent = new List<Signal>();
        string[] keys = [.. await ApplyAsync("Ann"), .. await ApplyAsync("Bob"), .. await ApplyAsync("Eve")];
        Assert.Single(keys.Distinct());
        // At the first it is sealed, at the second it is sent.
        foreach (var tick in (string[])["t2", "t3"])
            new StageCell(job).Tick(cell, keys[0], new TickMessage(cell.Timer!.Id), EntityWorld.Start, tick, sent);
        var rows = Assert.IsType<DeltasMessage>(Assert.Single(sent, s => s.Operation == Operations.Apply).Input).Parts.SelectMany(p => StageRowCodec.Read(p.Rows));
        Assert.Contains("Ann", Encoding.UTF8.GetString(Assert.Single(rows).Row.Row), StringComparison.Ordinal);

        async Task<IEnumerable<string>> ApplyAsync(string name)
        {
            var signals = await new StageIngest(job, [new Lookup { Answers = _ => new LookupRows([[name]]) }]).PackAsync(0, Records(5, "1"), "left", [], TestContext.Current.CancellationToken);
            foreach (var signal in signals)
                new StageCell(job).Apply(cell, signal.Key, (DeltasMessage)signal.Input, EntityWorld.Start, "t", []);
            return signals.Select(s => s.Key);
        }
    }

    private static DurableJob LookupJob() => new(
        Jobs.Compile("""
            CREATE TABLE l (k STRING, pt AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'left', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'raw');
            CREATE TABLE names (k STRING, name STRING) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'names');
            CREATE TABLE o (name STRING, n BIGINT, PRIMARY KEY (name) NOT ENFORCED) WITH ('connector' = 'blackhole');
            INSERT INTO o SELECT n.name, COUNT(*) FROM l JOIN names FOR SYSTEM_TIME AS OF l.pt AS n ON l.k = n.k GROUP BY n.name;
            """),
        new Generation("g0", "", EntityWorld.Start));

    private static (DataflowIngest, Client) Make() => Make(out _);

    private static (DataflowIngest, Client) Make(out FakeLetters letters)
    {
        var job = new DurableJob(Jobs.Compile(Join), new Generation("g0", "", EntityWorld.Start));
        letters = new FakeLetters();
        return (new DataflowIngest(job, [new JobSource("left", null), new JobSource("right", null)], letters, TimeProvider.System), new Client());
    }

    private static Record[] Records(long first, params string[] values) => [.. values.Select((v, i) => new Record(0, first + i, 0, Encoding.UTF8.GetBytes(v)))];

    /// <summary>Answers what it is told to.</summary>
    private sealed class Lookup : ILookup
    {
        public Exception? Away { get; set; }

        public Func<string, LookupRows> Answers { get; set; } = _ => LookupRows.None;

        public ValueTask<IReadOnlyList<LookupRows>> FindAsync(IReadOnlyList<LookupKey> keys, CancellationToken cancellationToken) =>
            Away is null ? new([.. keys.Select(k => Answers(k.ToString()))]) : throw Away;
    }

    /// <summary>Keeps a job's state, and loses the first signals.</summary>
    private sealed class Client : IEntityClient
    {
        public int Loses { get; set; }

        public JobState State { get; } = new();

        public List<Signal> Sent { get; } = [];

        public Task SendAsync(Signal signal, CancellationToken cancellationToken)
        {
            Sent.Add(signal);
            if (signal.Input is BeginMessage begin && Loses-- <= 0)
                State.Begin(JsonSerializer.Deserialize(JsonSerializer.Serialize(begin, DurableJson.Default.BeginMessage), DurableJson.Default.BeginMessage)!);
            return Task.CompletedTask;
        }

        public Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken) => Task.FromResult<JobState?>(State);

    public Task<OutboxState?> GetOutputAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StageCellState?> GetStageAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
