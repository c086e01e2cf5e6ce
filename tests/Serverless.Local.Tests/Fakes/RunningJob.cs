using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Connectors.Lookup;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Local.Running;

namespace Serverless.Local.Tests.Fakes;

/// <summary>A job of the repository on a topic, table and letters in memory, its state in a folder.</summary>
internal sealed class RunningJob(string folder, Job job, MemoryTopic topic, MemoryTable table, MemoryLetters letters)
{
    public RunnerOptions Options { get; init; } = new() { FirstRetry = TimeSpan.FromMilliseconds(1), FlushInterval = TimeSpan.FromMilliseconds(5), LagInterval = TimeSpan.FromMilliseconds(1), Quiet = TimeSpan.FromMilliseconds(1) };

    /// <summary>The topics of its further sources.</summary>
    public IReadOnlyList<MemoryTopic> FurtherTopics { get; init; } = [];

    /// <summary>Finds rows of the tables that it looks up.</summary>
    public ITableLookup? Lookup { get; init; }

    /// <summary>Where its rows are, as its state knows it.</summary>
    public string Place { get; init; } = "memory";

    public Action OnCommit { get; init; } = () => { };

    public Random Random { get; init; } = new(1);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public IMeterFactory Meters { get; init; } = new MeterFactory();

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public JobProgress? Progress { get; private set; }

    public MemorySource? Source { get; private set; }

    public static Job Compile(string name) => CompileText(File.ReadAllText(Repository.Job(name)));

    public static Job CompileText(string text)
    {
        var script = ScriptCompiler.Compile(new SourceText("test.sql", text), new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        return script.Jobs[0];
    }

    /// <summary>Runs it until everything is read and written, or it fails.</summary>
    public Task RunUntilIdleAsync() => RunUntilAsync(p => p.IdleRounds >= 2);

    /// <summary>Runs it until something is so, or it fails.</summary>
    public async Task RunUntilAsync(Func<JobProgress, bool> isDone)
    {
        await using var file = await StateFile.OpenAsync(Path.Combine(folder, "state.db"), isLasting: false, TestContext.Current.CancellationToken);
        var state = await file.OpenJobAsync(job.Name, Plan.Fingerprint(job), "memory", OutputForm.Of(job, Place, ""), DateTimeOffset.UtcNow, TestContext.Current.CancellationToken, goesBack: job.Dataflow is null);
        foreach (var each in FurtherTopics.Prepend(topic))
            each.Group = state.Generation;
        Source = new MemorySource(topic, Random) { OnCommit = OnCommit };
        using var runner = new JobRunner(job, [Source, .. FurtherTopics.Select(t => new MemorySource(t, Random) { OnCommit = OnCommit })], table, letters, state, Options, new JobMetrics(Meters), Clock, Logger,
            Dataflow.LookupsOf(job).ToDictionary(l => l, _ => Lookup!));
        Progress = runner.Progress;
        await runner.OpenAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var running = runner.RunAsync(stop.Token, TestContext.Current.CancellationToken);
        while (!running.IsCompleted && !isDone(runner.Progress))
            await Task.Delay(1, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running;
    }
}
