using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Serverless.Connectors;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.DurableRuntime.Tests;

/// <summary>The repository's two jobs on generated events: a broker, databases and a task hub of their own, and a host that may be killed.</summary>
internal sealed class TwoJobs : IDisposable
{
    private const int Partitions = 4;

    // Longer than any pause before something is tried again, on a machine that is busy with other things.
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(3);

    // Longer than it takes until a gap is repaired.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(25);

    private static readonly string[] Scripts = [Repository.Job("recharge.sql"), Repository.Job("pvuv.sql")];

    private readonly EmbeddedBroker _broker = new();
    private readonly IProducer<Null, byte[]> _producer;
    private readonly SentRecord[] _recharges;
    private readonly SentRecord[] _tracks;
    private readonly PostgreSqlServer _hologres;
    private readonly MariaDbServer _rds;
    private readonly string _hologresDatabase;
    private readonly string _rdsDatabase;
    private readonly HubHost _host;
    private int _sent;

    private TwoJobs(int events, AzuriteServer storage, (PostgreSqlServer Server, string Database) hologres, (MariaDbServer Server, string Database) rds)
    {
        _broker.CreateTopic("game_consume_log", Partitions);
        _broker.CreateTopic("pv-uv", Partitions);
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = _broker.BootstrapServers, Acks = Acks.All, LingerMs = 1, MaxInFlight = 1 }).Build();
        _recharges = Records(GeneratedEvents.Recharge(events, appkeys: 4));
        _tracks = Records(GeneratedEvents.Track(events, addresses: events / 5));
        ((_hologres, _hologresDatabase), (_rds, _rdsDatabase)) = (hologres, rds);
        _host = new HubHost(
            storage,
            _broker.BootstrapServers,
            new Dictionary<string, string?>
            {
                ["HOLOGRES_ENDPOINT"] = $"{TestServer.Host}:{_hologres.Port}", ["HOLOGRES_DATABASE"] = _hologresDatabase,
                ["HOLOGRES_USERNAME"] = PostgreSqlServer.Username, ["HOLOGRES_PASSWORD"] = PostgreSqlServer.Password,
                ["RDS_ENDPOINT"] = $"{TestServer.Host}:{_rds.Port}", ["RDS_DATABASE"] = _rdsDatabase,
                ["RDS_USERNAME"] = MariaDbServer.Username, ["RDS_PASSWORD"] = MariaDbServer.Password,
            });
    }

    /// <summary>How many of each job's events are to be sent.</summary>
    public int Left => _recharges.Length - _sent;

    /// <summary>Makes the topics and the tables.</summary>
    public static async Task<TwoJobs> CreateAsync(int events, AzuriteServer storage, PostgreSqlFixture hologres, MariaDbFixture rds)
    {
        var stop = TestContext.Current.CancellationToken;
        var jobs = new TwoJobs(events, storage, await hologres.DatabaseAsync(stop), await rds.DatabaseAsync(stop));
        // PostgreSQL has no such procedure; in Hologres it sets a table's properties.
        await jobs._hologres.ExecuteAsync(jobs._hologresDatabase, "CREATE PROCEDURE set_table_property(text, text, text) LANGUAGE plpgsql AS 'BEGIN END'", stop);
        await jobs._hologres.ExecuteAsync(jobs._hologresDatabase, TableText("recharge.sql"), stop);
        await jobs._rds.ExecuteAsync(jobs._rdsDatabase, TableText("pvuv.sql"), stop);
        return jobs;
    }

    /// <summary>Starts the host, and waits until it runs.</summary>
    public Task StartAsync(params string[] options) => _host.StartAsync([.. options, .. Scripts]);

    /// <summary>Kills the host.</summary>
    public void Kill() => _host.Kill();

    /// <summary>Ends the worker within the host, with all that it has in hand.</summary>
    public Task EndWorkerAsync() => _host.EndWorkerAsync();

    /// <summary>Sends that many more events of each job.</summary>
    public void Send(int count)
    {
        foreach (var i in Enumerable.Range(_sent, Math.Min(count, Left)))
        {
            Send("game_consume_log", _recharges[i]);
            Send("pv-uv", _tracks[i]);
            _sent = i + 1;
        }
        _producer.Flush(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until rows have been written that were not there before.</summary>
    public async Task AdvancesAsync()
    {
        var before = await TablesAsync();
        await _host.UntilAsync(TablesAsync, now => !now.SequenceEqual(before), _ => "no row changes");
    }

    /// <summary>How many batches of operations the host has taken for done without effect.</summary>
    public int Lost => _host.Text.Split('\n').Count(IsLoss);

    /// <summary>Waits until the host prints a line.</summary>
    public Task PrintsAsync(Func<string, bool> match) => _host.PrintsAsync(match);

    /// <summary>Sends what is left, and waits until the tables are those of the naive computation over all records.</summary>
    public async Task AssertRightAsync()
    {
        Send(Left);
        await _host.UntilAsync(TablesAsync, Expected());
    }

    /// <summary>Sends what is left, waits until nothing has changed for some time, and fails if the tables are right.</summary>
    public async Task AssertStaysWrongAsync()
    {
        Send(Left);
        var (last, watch) = (await TablesAsync(), Stopwatch.StartNew());
        while (watch.Elapsed < Settled)
        {
            await Task.Delay(1_000, TestContext.Current.CancellationToken);
            var now = await TablesAsync();
            if (!now.SequenceEqual(last))
                (last, watch) = (now, Stopwatch.StartNew());
        }
        Assert.NotEqual(Expected(), last);
    }

    /// <summary>Sends events while <c>consume</c> is locked, and ends the worker when it waits for that: a part of the output is lost with its timer.</summary>
    public async Task EndWorkerOverLockedTableAsync()
    {
        await using var locked = await LockConsumeAsync();
        Send(300);
        await WaitsForConsumeAsync();
        await EndWorkerAsync();
        await PrintsAsync(line => IsLoss(line) && line.Contains("Tick", StringComparison.Ordinal) && line.Contains("@output@recharge", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _host.Dispose();
        _producer.Dispose();
        _broker.Dispose();
    }

    // Until it is disposed of.
    private async Task<IAsyncDisposable> LockConsumeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        var connection = new NpgsqlConnection(_hologres.ConnectionString(_hologresDatabase));
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE consume IN EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(stop);
        return connection;
    }

    private async Task WaitsForConsumeAsync()
    {
        for (var watch = Stopwatch.StartNew(); await WaitingAsync() == 0; await Task.Delay(50, TestContext.Current.CancellationToken))
            if (watch.Elapsed > LongestStandstill)
                throw new TimeoutException($"the host does not write\nIt has printed:\n{_host.Text}");
    }

    private string[] Expected() => [.. NaiveTables.Consume(_recharges), .. NaiveTables.PvUv(_tracks)];

    private async Task<int> WaitingAsync() =>
        int.Parse((await _hologres.QueryAsync(_hologresDatabase, "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'consume'::regclass", TestContext.Current.CancellationToken))[0], CultureInfo.InvariantCulture);

    private async Task<string[]> TablesAsync() =>
    [
        .. await _hologres.QueryAsync(_hologresDatabase, Results.Consume, TestContext.Current.CancellationToken),
        .. await _rds.QueryAsync(_rdsDatabase, Results.PvUv, TestContext.Current.CancellationToken),
    ];

    private void Send(string topic, SentRecord record) => _producer.Produce(
        new TopicPartition(topic, record.Partition), new Message<Null, byte[]> { Value = record.Value, Timestamp = new Timestamp(record.Timestamp, TimestampType.CreateTime) });

    private static bool IsLoss(string line) => line.StartsWith("lost ", StringComparison.Ordinal);

    private static string TableText(string script)
    {
        var job = ScriptCompiler.Compile(new SourceText(script, File.ReadAllText(Repository.Job(script))), new ConnectorCatalog()).Jobs.Single();
        return new ConnectorFactory(_ => null, NullLoggerFactory.Instance).CreateTableText(job.Sink, MySqlFlavour.MariaDb)!;
    }

    // Over all partitions, whatever the group, and many records of one timestamp: which is a group's last is not to be seen from the order of arrival.
    private static SentRecord[] Records(IEnumerable<byte[]> events) =>
        [.. events.Select((value, i) => new SentRecord(i % Partitions, 1_600_000_000_000 + i / 100, value))];
}
