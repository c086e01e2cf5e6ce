using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.Sqlite;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Lookup;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Local.Display;

namespace Serverless.Local.Running;

/// <summary>Jobs running together: what they share, from the broker to the folder.</summary>
internal sealed class Session : IAsyncDisposable
{
    private static readonly TimeSpan TopicPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly List<RunningJob> _jobs = [];
    private readonly SessionOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly EmbeddedBroker? _broker;
    private readonly SqliteFile _results;
    private readonly MeterFactory _meters = new();
    private readonly ConnectorFactory _connectors;
    private StateFile? _state;

    private Session(SessionOptions options, StateFolder folder, Terminal terminal, Func<string, string?> settings)
    {
        _options = options;
        _loggers = new TerminalLoggers(terminal);
        _broker = options.EmbeddedBroker ? new EmbeddedBroker() : null;
        _results = new SqliteFile(folder.ResultsFile);
        Metrics = new JobMetrics(_meters);
        _connectors = new ConnectorFactory(settings, _loggers)
        {
            EmbeddedBroker = _broker,
            EmbeddedSinks = options.EmbeddedSinks ? _results : null,
            CreateTables = options.CreateTables,
            Output = terminal.PrintedOutput,
            Error = terminal.PrintedError,
        };
    }

    /// <summary>How far each job is.</summary>
    public IReadOnlyList<JobProgress> Progress => [.. _jobs.Select(j => j.Runner.Progress)];

    /// <summary>The jobs.</summary>
    public IReadOnlyList<Job> Jobs => [.. _jobs.Select(j => j.Job)];

    /// <summary>Where each job's dead letters go.</summary>
    public IReadOnlyList<IDeadLetters> Letters => [.. _jobs.Select(j => j.Letters)];

    /// <summary>What the jobs do, counted, for as long as the session lasts.</summary>
    public JobMetrics Metrics { get; }

    /// <summary>The broker in this process; null if there is none.</summary>
    public string? EmbeddedBrokerAddress => _broker?.BootstrapServers;

    /// <summary>Makes everything; <see cref="ConnectAsync"/> connects it.</summary>
    /// <exception cref="CommandException">The jobs cannot run so.</exception>
    public static async Task<Session> OpenAsync(
        IReadOnlyList<Job> jobs, SessionOptions options, StateFolder folder, Terminal terminal, Func<string, string?> settings, CancellationToken cancellationToken)
    {
        if (jobs.GroupBy(j => j.Name).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new CommandException(
                $"{string.Join(" and ", same.Select(j => j.Script.Name))} both have a job '{same.Key}': rename a script, or name a job with SET 'pipeline.name' = '…'");
        if (options.EmbeddedSinks)
            SinkTables.CheckEmbedded(jobs);
        foreach (var table in jobs.SelectMany(j => j.Sources).Where(t => t.Options.TryGet(out _, "scale.lag-threshold")).DistinctBy(t => t.Name))
            terminal.Note($"'scale.lag-threshold' of table '{table.Name}' is ignored: one process reads all partitions; the Functions app uses it");
        var session = new Session(options, folder, terminal, settings);
        try
        {
            var topics = session.CheckSettings(jobs);
            if (folder.Prepare(options.EmbeddedBroker))
                terminal.Note($"The embedded broker starts empty, so {folder.Path} is started afresh");
            await session.OpenAsync(jobs, topics, folder, cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects the jobs to their sources and sinks. It waits for those that cannot be reached; meanwhile the jobs' progress says so.</summary>
    /// <exception cref="ConnectorException">Something is not as a job needs it.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(_jobs.Select(j => StoppingOthersAsync(j.Runner.OpenAsync(stopping.Token), stopping)));
    }

    /// <summary>Runs the jobs and sends the feeds, until it is stopped or one fails.</summary>
    /// <param name="onIdle">Called whenever all feeds are sent, all sources drained and all rows written; true ends the run.</param>
    /// <param name="stop">Asks the jobs to finish.</param>
    public async Task RunAsync(Func<CancellationToken, Task<bool>> onIdle, CancellationToken stop)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAll([.. _jobs.Select(j => StoppingOthersAsync(j.Runner.RunAsync(stopping.Token), stopping)), StoppingOthersAsync(FeedAndWatchAsync(onIdle, stopping), stopping)]);
    }

    /// <summary>Makes what reads a job's sink; null if it keeps nothing that can be read.</summary>
    public ITableReader? CreateReader(TableDefinition table) => _connectors.CreateReader(table);

    /// <summary>The dead letters of each job, those of earlier runs included where they can be counted, where they are, and the last of them.</summary>
    /// <param name="most">How many of the last, per job.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<(JobProgress Job, long Letters, string Place, IReadOnlyList<DeadLetterLine> Last)>> DeadLettersAsync(int most, CancellationToken cancellationToken)
    {
        var found = new List<(JobProgress, long, string, IReadOnlyList<DeadLetterLine>)>();
        foreach (var (job, _, _, letters, _, runner) in _jobs)
        {
            var count = await letters.CountAsync(job.Name, cancellationToken);
            found.Add((runner.Progress, count, letters.Place, count == 0 ? [] : await letters.LastAsync(job.Name, most, cancellationToken)));
        }
        return found;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var job in _jobs)
        {
            foreach (var source in job.Sources)
                await source.DisposeAsync();
            foreach (var lookup in job.Lookups)
                await lookup.DisposeAsync();
            await job.Sink.DisposeAsync();
            await job.Letters.DisposeAsync();
            job.Runner.Dispose();
        }
        await _results.DisposeAsync();
        if (_state is not null)
            await _state.DisposeAsync();
        _broker?.Dispose();
        _meters.Dispose();
        _loggers.Dispose();
    }

    private static async Task StoppingOthersAsync(Task task, CancellationTokenSource others)
    {
        try
        {
            await task;
        }
        catch
        {
            await others.CancelAsync();
            throw;
        }
    }

    private async Task OpenAsync(IReadOnlyList<Job> jobs, IReadOnlyList<string> topics, StateFolder folder, CancellationToken cancellationToken)
    {
        foreach (var topic in topics)
            _broker?.CreateTopic(topic, EmbeddedBroker.DefaultPartitions);
        _state = await StateFile.OpenAsync(folder.StateFile, isLasting: _broker is null, cancellationToken);
        foreach (var job in jobs)
            _jobs.Add(await CreateAsync(job, Memory.ForStates / jobs.Count, cancellationToken));
    }

    // Every setting that is missing, in one go; the topics that are read.
    private List<string> CheckSettings(IReadOnlyList<Job> jobs)
    {
        var problems = new List<string>();
        foreach (var job in jobs)
        {
            foreach (var source in job.Sources)
                Try(() => _connectors.CheckSourceSettings(source));
            foreach (var lookup in Dataflow.LookupsOf(job))
                Try(() => _connectors.CheckSinkSettings(lookup.Table));
            Try(() => _connectors.CreateDeadLetters(job.Source, _results));
            Try(() => _connectors.CreateSink(job.Sink, job.Settings.StateTtl));
        }
        if (problems.Count > 0)
            throw new CommandException(string.Join('\n', problems.Distinct()));
        var tables = jobs.SelectMany(j => j.Sources).Where(ConnectorFactory.IsTopic).ToList();
        var fed = _options.Feeds.Select(f => f.Topic).Where(topic => tables.Exists(t => _connectors.Reads(t, topic)));
        // A table with a pattern names none.
        var topics = tables.Select(t => _connectors.KafkaSettingsOf(t).Topic).Where(t => t.Length > 0).Concat(fed).Distinct().ToList();
        if (_options.Feeds.FirstOrDefault(f => !topics.Contains(f.Topic)) is not { } stray)
            return topics;
        throw new CommandException($"no job reads the topic '{stray.Topic}', so it cannot be fed; {(topics.Count == 0 ? "no job reads from Kafka" : $"the topics read are: {string.Join(", ", topics)}")}");

        void Try(Action action)
        {
            try
            {
                action();
            }
            catch (ConnectorException e)
            {
                problems.Add(e.Message);
            }
        }
    }

    private async Task<RunningJob> CreateAsync(Job job, long mostBytes, CancellationToken cancellationToken)
    {
        // What one embedded broker has told a job says nothing of another's records.
        var form = _connectors.OutputFormOf(job);
        // The rows of several stages are kept as they were written, so what is written of them is part of what the state means.
        var fingerprint = Plan.Fingerprint(job) + (job.Dataflow is null ? "" : $"-{form.Fingerprint}") + (_broker is null ? "" : $"-{_broker.Id}");
        var place = _broker is null && ConnectorFactory.IsTopic(job.Source) ? _connectors.KafkaSettingsOf(job.Source).BootstrapServers : "";
        var state = await _state!.OpenJobAsync(job.Name, fingerprint, place, form, TimeProvider.System.GetUtcNow(), cancellationToken, goesBack: job.Dataflow is null);
        var logger = _loggers.CreateLogger(job.Name);
        if (state.FormerPlace != place && state.Groups > 0)
            logger.LogWarning(
                "Job {Job} read from {Former} before, and its state counts those records; if {Place} is another cluster, its records are taken for known ones: choose another folder with --state",
                job.Name, state.FormerPlace, place);
        var sources = job.Sources.Select((table, i) =>
            _connectors.CreateSource(table, ConsumerGroup.NameOf(_connectors.GroupIdOf(table), job, state.Generation), state.Source(i), state.Source(i), job.Name)).ToList();
        var sink = _connectors.CreateSink(job.Sink, job.Settings.StateTtl, job.Name);
        var letters = _connectors.CreateDeadLetters(job.Source, _results);
        var options = new RunnerOptions
        {
            LagInterval = _options.LagInterval,
            Rewrite = _options.Rewrite,
            StartsElsewhere = Enumerable.Range(0, job.Sources.Count).Where(i => !_connectors.StartsAtBeginning(job.Sources[i])).ToHashSet(),
            MaxStateBytes = mostBytes,
        };
        if (_connectors.FlushIntervalOf(job.Sink) is { } interval)
            options = options with { FlushInterval = interval };
        var lookups = Dataflow.LookupsOf(job).ToDictionary(l => l, l => _connectors.CreateLookup(l, TimeProvider.System, job.Name));
        return new RunningJob(
            job, sources, sink, letters, [.. lookups.Values], new JobRunner(job, sources, sink, letters, state, options, Metrics, TimeProvider.System, logger, lookups));
    }

    private async Task FeedAndWatchAsync(Func<CancellationToken, Task<bool>> onIdle, CancellationTokenSource stopping)
    {
        var stop = stopping.Token;
        try
        {
            var sent = await Task.WhenAll(_options.Feeds.Select(f => SendAsync(f, stop)));
            if (_options.UntilIdle)
                await RequireTopicsAsync([.. _options.Feeds.Where((_, i) => sent[i] > 0).Select(f => f.Topic)], stop);
            // A look at the source that was under way when the last feed ended says nothing; the one after it does.
            var rounds = _options.Feeds.Count > 0 ? 2 : 1;
            var isChained = IsChained();
            for (var (written, seen) = (-1L, -1L); ; rounds = 2)
            {
                await IdleAsync(rounds, stop);
                var now = _jobs.Sum(j => j.Runner.Progress.RowsWritten);
                // What one job has just written another may be about to read.
                if (isChained && now != seen)
                {
                    seen = now;
                    continue;
                }
                if (now != written && await onIdle(stop))
                    break;
                written = now;
            }
            await stopping.CancelAsync();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody waits for what is not sent or not shown.
        }
    }

    // Whether a job reads a topic that another one writes.
    private bool IsChained()
    {
        var tables = _jobs.SelectMany(j => j.Job.Sources).ToList();
        return _jobs.Any(j => ConnectorFactory.IsTopic(j.Job.Sink) && tables.Exists(t => _connectors.Reads(t, _connectors.KafkaSettingsOf(j.Job.Sink).Topic)));
    }

    // A topic that was fed is there; brokers may take a moment to say so.
    private async Task RequireTopicsAsync(HashSet<string> fed, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var job in _jobs)
            while (job.Sources.Zip(job.Job.Sources).FirstOrDefault(s => s.First.Health.IsMissing) is { First.Health: var health, Second: var table })
            {
                if (!fed.Any(topic => _connectors.Reads(table, topic)) || Stopwatch.GetElapsedTime(began) > TopicPatience)
                    throw new CommandException($"job '{job.Job.Name}': {health.Message}", ExitCode.Failed);
                await Task.Delay(Look, stop);
            }
    }

    private async Task<long> SendAsync(Feed feed, CancellationToken stop)
    {
        var logger = _loggers.CreateLogger("feed");
        List<(Job Job, TableDefinition Table)> readers = [.. _jobs.Where(j => TableOf(j.Job) is not null).Select(j => (j.Job, TableOf(j.Job)!))];
        var key = FeedKey.Of(readers);
        if (_broker is not null)
            return await _broker.FeedAsync(feed.Topic, feed.ReadAsync(stop), logger, key, refused: SetAside, cancellationToken: stop);
        using var producer = new KafkaProducer(_connectors.KafkaSettingsOf(readers[0].Table), logger);
        return await producer.SendAsync(feed.Topic, feed.ReadAsync(stop), key, cancellationToken: stop);

        TableDefinition? TableOf(Job job) => job.Sources.FirstOrDefault(t => _connectors.Reads(t, feed.Topic));

        void SetAside(long number, byte[] value, string reason)
        {
            foreach (var job in _jobs.Where(j => TableOf(j.Job) is not null))
                job.Runner.SetAside(number, value, reason);
        }
    }

    private async Task IdleAsync(int rounds, CancellationToken stop)
    {
        var before = _jobs.Select(j => j.Runner.Progress.IdleRounds).ToArray();
        while (_jobs.Where((j, i) => j.Runner.Progress.IdleRounds < before[i] + rounds).Any())
            await Task.Delay(Look, stop);
    }

    private sealed record RunningJob(Job Job, IReadOnlyList<ISource> Sources, ISink Sink, IDeadLetters Letters, IReadOnlyList<ITableLookup> Lookups, JobRunner Runner);
}
