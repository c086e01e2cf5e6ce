using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Connectors.Databases.Sqlite;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Running;

namespace Serverless.EndToEnd.Tests;

/// <summary>The two jobs as <c>run --embedded-sinks</c> runs them, in this process and with sinks that fail.</summary>
internal sealed class RunWithFaults : IAsyncDisposable
{
    private static readonly string[] Jobs = ["recharge", "pvuv"];

    private readonly StateFolder _folder;
    private readonly SqliteFile _results;
    private readonly ConnectorFactory _connectors;
    private readonly MeterFactory _meters = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    private RunWithFaults(string brokers, string state)
    {
        _folder = StateFolder.Open(state);
        _results = new SqliteFile(_folder.ResultsFile);
        _connectors = new ConnectorFactory(_ => null, NullLoggerFactory.Instance) { BootstrapServers = brokers, EmbeddedSinks = _results };
    }

    /// <summary>The jobs' sinks.</summary>
    public List<FaultySink> Sinks { get; } = [];

    /// <summary>Starts it.</summary>
    /// <param name="brokers">The brokers.</param>
    /// <param name="state">The folder.</param>
    /// <param name="faults">What goes wrong with each job's writes.</param>
    public static async Task<RunWithFaults> StartAsync(string brokers, string state, IEnumerable<Fault> faults)
    {
        var run = new RunWithFaults(brokers, state);
        var letters = new SqliteDeadLetters(run._results);
        await letters.OpenAsync(run._stop.Token);
        var file = await StateFile.OpenAsync(run._folder.StateFile, isLasting: true, run._stop.Token);
        foreach (var name in Jobs)
        {
            var job = ScriptCompiler.Compile(new SourceText(name, await File.ReadAllTextAsync(Repository.Job($"{name}.sql"))), new ConnectorCatalog()).Jobs.Single();
            var saved = await file.OpenJobAsync(job.Name, Plan.Fingerprint(job), brokers, run._connectors.OutputFormOf(job), DateTimeOffset.UtcNow, run._stop.Token);
            var source = run._connectors.CreateSource(job.Source, $"{run._connectors.GroupIdOf(job.Source)}-{Plan.Fingerprint(job)}-{saved.Generation}", saved.Source(0));
            var sink = new FaultySink(run._connectors.CreateSink(job.Sink), faults);
            var runner = new JobRunner(job, [source], sink, letters, saved, new RunnerOptions(), new JobMetrics(run._meters), TimeProvider.System, NullLogger.Instance);
            run.Sinks.Add(sink);
            run._parts.AddRange([source, sink]);
            await runner.OpenAsync(run._stop.Token);
            run._running.Add(runner.RunAsync(run._stop.Token));
        }
        run._parts.AddRange([letters, run._results, file]);
        return run;
    }

    /// <summary>Stops it as a signal does.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var part in _parts)
            await part.DisposeAsync();
        _meters.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }
}
