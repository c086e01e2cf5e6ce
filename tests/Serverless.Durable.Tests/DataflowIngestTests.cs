using System.Text;
using System.Text.Json;
using Serverless.Engine.Ingest;

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

    private static (DataflowIngest, Client) Make() => Make(out _);

    private static (DataflowIngest, Client) Make(out FakeLetters letters)
    {
        var job = new DurableJob(Jobs.Compile(Join), new Generation("g0", "", EntityWorld.Start));
        letters = new FakeLetters();
        return (new DataflowIngest(job, [new JobSource("left", null), new JobSource("right", null)], letters, TimeProvider.System), new Client());
    }

    private static Record[] Records(long first, params string[] values) => [.. values.Select((v, i) => new Record(0, first + i, 0, Encoding.UTF8.GetBytes(v)))];

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

        public IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
