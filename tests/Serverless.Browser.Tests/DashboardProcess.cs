using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Kafka;

namespace Serverless.Browser.Tests;

/// <summary>The <c>serverless-sql</c> command with its dashboard, as a process of its own, with its state in a temporary folder.</summary>
internal sealed partial class DashboardProcess : IDisposable
{
    private const string AnyPort = "127.0.0.1:0";

    private readonly TempFolder _folder = new();
    private readonly CliProcess _process;
    private KafkaProducer? _producer;

    private DashboardProcess(Func<TempFolder, string[]> args, IEnumerable<KeyValuePair<string, string?>>? environment) =>
        _process = new CliProcess(args(_folder), environment);

    /// <summary>Where it is.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What the process has printed so far.</summary>
    public string Text => _process.Text;

    /// <summary>Starts both jobs on the article's eight messages.</summary>
    public static Task<DashboardProcess> ArticleAsync() => JobsAsync([.. ((string[])["game_consume_log", PvUv.Topic]).Select(t => (t, File.ReadLines(Repository.DemoFile($"{t}.jsonl"))))]);

    /// <summary>Starts both jobs of the repository, which need nothing then: their broker and their tables are in the process.</summary>
    /// <param name="feeds">The events of their topics, a line each.</param>
    public static Task<DashboardProcess> JobsAsync(params (string Topic, IEnumerable<string> Lines)[] feeds) => StartAsync(folder =>
    [
        "run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--state", folder["state"], "--listen", AnyPort, "--embedded",
        .. feeds.SelectMany(f => (string[])["--feed", $"{f.Topic}={folder.Write($"{f.Topic}.jsonl", string.Join('\n', f.Lines))}"]),
    ]);

    /// <summary>Starts a job that needs nothing, either.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="script">The text of its script.</param>
    /// <param name="topic">The topic that it reads.</param>
    /// <param name="lines">The topic's events to begin with, a line each.</param>
    /// <param name="listen">The address and the port of the dashboard.</param>
    /// <param name="environment">Variables of the process.</param>
    public static Task<DashboardProcess> ScriptAsync(
        string name, string script, string topic, IEnumerable<string> lines, string listen = AnyPort, IEnumerable<KeyValuePair<string, string?>>? environment = null) =>
        StartAsync(f => [.. Run(f, name, script, listen), "--embedded", "--feed", $"{topic}={f.Write("lines.jsonl", string.Join('\n', lines))}"], environment);

    /// <summary>Starts a job with a broker in the process whose table is in a database.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="script">The text of its script.</param>
    public static Task<DashboardProcess> WithDatabaseAsync(string name, string script) =>
        StartAsync(f => [.. Run(f, name, script, AnyPort), "--embedded-broker"]);

    /// <summary>Starts a job whose table is in the process and whose brokers are not.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="script">The text of its script.</param>
    public static Task<DashboardProcess> WithoutBrokerAsync(string name, string script) =>
        StartAsync(f => [.. Run(f, name, script, AnyPort), "--embedded-sinks"]);

    /// <summary>Sends events to a topic of the broker in the process, and returns when it has them.</summary>
    public async Task SendAsync(string topic, params string[] lines)
    {
        const string says = "The embedded broker is at ";
        var address = (await _process.WaitForLineAsync(l => l.StartsWith(says, StringComparison.Ordinal)))[says.Length..];
        _producer ??= new KafkaProducer(KafkaSettings.Plain(address), NullLogger.Instance);
        await _producer.SendAsync(topic, lines.Select(Encoding.UTF8.GetBytes).ToAsyncEnumerable(), cancellationToken: TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task<DashboardProcess> StartAsync(Func<TempFolder, string[]> args, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        var process = new DashboardProcess(args, environment);
        try
        {
            var line = Line().Match(await process._process.WaitForLineAsync(l => Line().IsMatch(l)));
            // Who listens on all addresses can be reached on this one.
            process.Address = new UriBuilder(line.Groups["address"].Value) { Host = "127.0.0.1", Path = "/" }.Uri;
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private static string[] Run(TempFolder folder, string name, string script, string listen) =>
        ["run", folder.Write($"{name}.sql", script), "--state", folder["state"], "--listen", listen];

    [GeneratedRegex(@"The dashboard.* is at (?<address>http://[^/\s]+)")]
    private static partial Regex Line();
}
