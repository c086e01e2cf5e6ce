using System.Globalization;
using System.Text.RegularExpressions;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

/// <summary>The repository's two jobs on generated events: runs in processes of their own, and the folder that they share.</summary>
internal sealed partial class TwoJobs : IDisposable
{
    private const int Partitions = 4;

    /// <summary>The topics, as <c>serverless-sql broker</c> takes them.</summary>
    public static readonly string[] Topics = [$"game_consume_log:{Partitions}", $"pv-uv:{Partitions}"];

    private readonly string _brokers;
    private readonly Databases? _databases;
    private readonly TempFolder _folder = new();
    private readonly SentRecord[] _recharges;
    private readonly SentRecord[] _tracks;

    /// <param name="brokers">The brokers.</param>
    /// <param name="events">The events of each job.</param>
    /// <param name="databases">Where the tables are; null for the run's folder.</param>
    public TwoJobs(string brokers, int events, Databases? databases = null)
    {
        (_brokers, _databases) = (brokers, databases);
        _recharges = Records(GeneratedEvents.Recharge(events, appkeys: 1_000));
        _tracks = Records(GeneratedEvents.Track(events, addresses: events / 5));
        Flows = [Flow("recharge", "game_consume_log", _recharges), Flow("pvuv", "pv-uv", _tracks)];
    }

    /// <summary>A broker in this process, with the topics.</summary>
    public static EmbeddedBroker StartBroker()
    {
        var broker = new EmbeddedBroker();
        broker.CreateTopic("game_consume_log", Partitions);
        broker.CreateTopic("pv-uv", Partitions);
        return broker;
    }

    /// <summary>The events on their way to each job.</summary>
    public TopicFlow[] Flows { get; }

    /// <summary>The runs' folder.</summary>
    public string State => _folder["state"];

    /// <summary>Whether all that was released is committed.</summary>
    public bool AreDone => Flows.All(f => f.IsDone);

    /// <summary>Starts a run.</summary>
    public CliProcess Run(params string[] options) => new(
        ["run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), .. (string[])(_databases is null ? ["--embedded-sinks"] : []), "--state", State, .. options],
        Brokers.At(_brokers).Concat(_databases?.Environment ?? []));

    /// <summary>Whether a run is using the state folder: from then on it hears signals.</summary>
    public bool IsInUse
    {
        get
        {
            try
            {
                File.Open(Path.Combine(State, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None).Dispose();
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    /// <summary>Lets that many more events of each job go.</summary>
    public void Release(int count)
    {
        foreach (var flow in Flows)
            flow.Release(count);
    }

    /// <summary>Lets events go, and waits until the broker has them.</summary>
    public Task SendAsync(int count)
    {
        Release(count);
        return Task.WhenAll(Flows.Select(f => f.SentAsync()));
    }

    /// <summary>Checks that all is sent, and that the tables of the run's folder are those of the naive computation.</summary>
    public void AssertRight()
    {
        AssertRight(Results.Query(State, Results.Consume), Results.Query(State, Results.PvUv));
        Assert.Empty(Results.Query(State, Results.DeadLetters));
    }

    /// <summary>Checks that all is sent, and that tables are those of the naive computation.</summary>
    public void AssertRight(string[] consume, string[] pvUv)
    {
        Assert.Equal(_recharges.Length + _tracks.Length, Flows.Sum(f => f.Sent));
        Assert.Equal(NaiveTables.Consume(_recharges), consume);
        Assert.Equal(NaiveTables.PvUv(_tracks), pvUv);
    }

    /// <summary>The records that the jobs of a run say they have read.</summary>
    public static long RecordsOf(CliProcess run) =>
        SummaryLine().Matches(run.Text).Sum(m => long.Parse(m.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));

    public void Dispose()
    {
        foreach (var flow in Flows)
            flow.Dispose();
        _folder.Dispose();
    }

    private TopicFlow Flow(string job, string topic, SentRecord[] records) =>
        new(_brokers, topic, Partitions, records, new SavedState(State, job), TestContext.Current.CancellationToken);

    // Over all partitions, whatever the group, and many records of one timestamp: which is a group's last is not to be seen from the order of arrival.
    private static SentRecord[] Records(IEnumerable<byte[]> events) =>
        [.. events.Select((value, i) => new SentRecord(i % Partitions, 1_600_000_000_000 + i / 2_000, value))];

    [GeneratedRegex(@"^(?:recharge|pvuv): ([\d,]+) records?, ", RegexOptions.Multiline)]
    private static partial Regex SummaryLine();
}
