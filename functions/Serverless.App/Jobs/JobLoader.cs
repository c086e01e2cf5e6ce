using System.Globalization;
using Azure;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.App.Generations;
using Serverless.App.Triggers;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Formats;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.App.Jobs;

/// <summary>Makes the jobs of the scripts in <c>jobs</c>, and refuses to start where one cannot run.</summary>
internal sealed class JobLoader(
    JobCatalog catalog, IGenerations generations, HostSettings host, AppSettings settings, JobMetrics metrics, TimeProvider clock, ILoggerFactory loggers, DurableTimes? times = null, IKeyStore? keys = null, TimeSpan? topicPatience = null)
{
    /// <summary>Told what the log is told: before the worker talks to the host, the host shows nothing but what is written here.</summary>
    public TextWriter Console { get; init; } = System.Console.Error;

    /// <summary>Where the app's scripts are, and beside them the assemblies of their functions.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "jobs");

    /// <summary>Asks where a group stands in a topic.</summary>
    public AskTopic AskTopic { get; init; } = GenerationOpener.AskAsync;

    // The host waits a minute for the worker to start.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<JobLoader>();
    private readonly ConnectorFactory _connectors = new(name => settings[name], loggers) { Output = System.Console.Out, Error = System.Console.Error, TopicPatience = topicPatience ?? ConnectorFactory.DefaultTopicPatience };

    // What is to be said of a table is said once, at start, and not with each connection.
    private readonly ConnectorFactory _sinks = new(name => settings[name], NullLoggerFactory.Instance) { Output = System.Console.Out, Error = System.Console.Error };

    /// <summary>Loads the scripts that lie beside the app.</summary>
    /// <exception cref="StartupException">Some cannot run.</exception>
    public Task LoadAsync(CancellationToken cancellationToken)
    {
        return LoadAsync(
            Directory.Exists(Folder)
                ? [.. Directory.GetFiles(Folder, "*.sql").Order(StringComparer.Ordinal).Select(Read)]
                : [],
            cancellationToken);
    }

    /// <summary>Loads scripts.</summary>
    /// <exception cref="StartupException">Some cannot run.</exception>
    public async Task LoadAsync(IReadOnlyList<SourceText> sources, CancellationToken cancellationToken)
    {
        var jobs = Compile(sources);
        try
        {
            catalog.Set(await OpenAsync(jobs, cancellationToken));
        }
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            throw new StartupException([$"the app's storage account cannot be used: {e.Message.Split('\n')[0].Trim()}"]);
        }
        foreach (var job in catalog.All)
            foreach (var source in job.Sources)
                _logger.LogInformation("Job {Job} reads topic {Topic} as {Group}", job.Name, source.Trigger.Topic, source.ConsumerGroup);
    }

    private static SourceText Read(string path)
    {
        var source = ScriptDecoder.Decode(Path.GetFileName(path), File.ReadAllBytes(path), out var error);
        return error is null ? source : throw new StartupException([$"{error}"]);
    }

    // Every error of every script, and every setting that is missing.
    private List<(Job Job, IReadOnlyList<KafkaTrigger> Triggers)> Compile(IReadOnlyList<SourceText> sources)
    {
        var problems = new List<string>();
        CheckReferences(sources, problems);
        if (host.Hub.StateBytes is not null)
            Warn(null, "this program has not been run on a Durable Task Scheduler ('azureManaged') yet: what its limits allow is computed, not tried");
        if (sources.Count == 0)
            problems.Add("there is no .sql file in the app's folder 'jobs', so there is nothing to run");
        var connectors = new ConnectorCatalog(Folder);
        var jobs = new List<(Job, IReadOnlyList<KafkaTrigger>)>();
        foreach (var source in sources)
        {
            var script = ScriptCompiler.Compile(source, connectors);
            foreach (var diagnostic in script.Diagnostics.Where(d => d.Severity == Severity.Warning))
                Warn(null, $"{diagnostic}");
            problems.AddRange(script.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => $"{d}"));
            if (script.HasErrors)
                continue;
            foreach (var job in script.Jobs)
            {
                if (host.Hub.ProblemOf(job.Name) is { } problem)
                    problems.Add($"{source.Name}: error: {problem}");
                foreach (var warning in host.Hub.WarningsOf(job))
                    Warn(job.Name, warning);
                if (Check(job, problems) is { } triggers)
                    jobs.Add((job, triggers));
            }
        }
        problems.AddRange(SinkConflict.Across(jobs.Select(j => j.Item1)).Select(d => $"{d}"));
        foreach (var same in jobs.GroupBy(j => j.Item1.Name).Where(g => g.Count() > 1))
            problems.Add($"{string.Join(" and ", same.Select(j => j.Item1.Script.Name))} both have a job '{same.Key}': rename a script, or name a job with SET 'pipeline.name' = '…'");
        return problems.Count == 0 ? jobs : throw new StartupException([.. problems.Distinct()]);
    }

    // What a script uses would be sent as it stands, as a user or a password; what nothing here uses may be somebody else's.
    private void CheckReferences(IReadOnlyList<SourceText> sources, List<string> problems)
    {
        var used = sources.SelectMany(s => Placeholders.NamesIn(s.Text)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in settings.Unresolved)
            if (used.Contains(name))
                problems.Add(AppSettings.ProblemOf(name));
            else
                Warn(null, AppSettings.ProblemOf(name));
    }

    // What the trigger of each source is told; null if the job cannot run here.
    private List<KafkaTrigger>? Check(Job job, List<string> problems)
    {
        var diagnostics = new Diagnostics(job.Script);
        var before = problems.Count;
        var triggers = new List<KafkaTrigger>();
        if (job.Dataflow is not null && job.Settings.Cells == 0)
            diagnostics.Error(job.Sink.Span, $"job '{job.Name}' takes several stages, and the cells of a stage hold many keys each: leave 'state.cells' = 'none' out, or set a number");
        if (job is { Dataflow.Root.IsAppendOnly: false, Sink.PrimaryKey.Count: 0 } && ConnectorFactory.IsTopic(job.Sink))
            diagnostics.Error(job.Sink.Span, $"job '{job.Name}' writes what is added and taken away into table '{job.Sink.Name}', and in the Functions app the changes of one row come in any order: write an 'upsert-kafka' table, or run the job on one machine with 'serverless-sql run'");
        foreach (var source in job.Sources.DistinctBy(s => s.Name))
            CheckSource(source, diagnostics);
        if (job.Sink.Connector == "filesystem")
            diagnostics.Error(job.Sink.Span, $"table '{job.Sink.Name}' cannot be written here: files of the Functions app do not last; write to a database");
        if (!diagnostics.HasErrors)
        {
            foreach (var source in job.Sources)
                Try(() => triggers.AddRange(new KafkaTriggerReader(source, name => settings[name], host.OffsetReset, diagnostics).Read() is { } trigger ? [trigger] : []));
            Try(() => _connectors.CreateDeadLetterTopic(job.Source));
            foreach (var source in job.Sources)
                Try(() => _connectors.SchemasOf(source)?.Dispose());
            foreach (var lookup in job.Lookups)
                Try(() => _connectors.CheckSinkSettings(lookup));
            Try(() => _connectors.CreateSink(job.Sink, job.Settings.StateTtl));
        }
        foreach (var warning in diagnostics.All.Where(d => d.Severity == Severity.Warning))
            Warn(job.Name, $"{warning}");
        problems.AddRange(diagnostics.All.Where(d => d.Severity == Severity.Error).Select(d => $"{d}"));
        return diagnostics.HasErrors || problems.Count > before ? null : triggers;

        void Try(Action action)
        {
            try
            {
                action();
            }
            catch (ConnectorException e)
            {
                problems.AddRange(e.Message.Split('\n').Select(line => $"{job.Script.Name}: error: {line}"));
            }
        }
    }

    private static void CheckSource(TableDefinition source, Diagnostics diagnostics)
    {
        if (DeadLetterTopic.Of(source) is null)
            diagnostics.Error(source.Span, $"table '{source.Name}' cannot be read here: the Functions app reads 'kafka' and 'upsert-kafka' tables");
        else if (!source.Options.TryGet(out _, "topic"))
            diagnostics.Error(source.Span, $"table '{source.Name}' reads the topics that match a pattern, and a trigger reads one, which the host asks for when it starts: name them in 'topic', or run the job on one machine with 'serverless-sql run'");
    }

    private async Task<IReadOnlyList<AppJob>> OpenAsync(List<(Job Job, IReadOnlyList<KafkaTrigger> Triggers)> jobs, CancellationToken cancellationToken)
    {
        var letters = jobs.Select(j => LettersOf(j.Job)).ToList();
        var problems = (await Task.WhenAll(jobs.Select((j, i) => ProbeAsync(j.Job, letters[i], cancellationToken)))).SelectMany(p => p).ToList();
        if (problems.Count > 0)
            throw new StartupException(problems);
        var functions = FunctionNames.Of([.. jobs.Select(j => j.Job)]);
        var opener = new GenerationOpener(generations, _connectors, AskTopic, clock);
        var states = await Task.WhenAll(jobs.Select(j => opener.OpenAsync(j.Job, cancellationToken)));
        var refused = jobs.Zip(states).Where(s => s.Second.Problem is not null).Select(s => $"{s.First.Job.Script.Name}: error: {s.Second.Problem}").ToList();
        if (refused.Count > 0)
            throw new StartupException(refused);
        foreach (var ((job, _), state) in jobs.Zip(states))
            if (state.Told is { } told)
                Warn(job.Name, told);
        var opened = jobs.Select((j, i) => Open(j.Job, j.Triggers, states[i].Generation!, functions[i], letters[i])).ToList();
        var others = (await Task.WhenAll(opened.Select(j => CheckTopicsAsync(j, cancellationToken)))).SelectMany(o => o).ToList();
        if (others.Count > 0)
            throw new StartupException(others);
        // A job that is no more here and comes again later has missed messages: it is to start anew.
        await generations.ForgetOthersAsync([.. jobs.Select(j => j.Job.Name)], cancellationToken);
        return opened;
    }

    private DeadLetterLog LettersOf(Job job)
    {
        var letters = _connectors.CreateDeadLetterTopic(job.Source);
        return new DeadLetterLog(letters, new DeadLetterReport(job.Name, letters.Place, metrics, clock, loggers.CreateLogger<DeadLetterReport>()));
    }

    private AppJob Open(Job job, IReadOnlyList<KafkaTrigger> triggers, Generation generation, IReadOnlyList<string> functions, DeadLetterLog letters)
    {
        var sources = new List<AppSource>();
        var formats = job.Dataflow?.Formats ?? [job.Format];
        foreach (var (table, trigger) in job.Sources.Zip(triggers))
        {
            var kafka = _connectors.KafkaSettingsOf(table);
            // A group reads a topic once, and this one may be read as two tables.
            var same = sources.Count(s => s.Trigger.Topic == trigger.Topic && s.Kafka?.BootstrapServers == kafka.BootstrapServers);
            var group = ConsumerGroup.NameOf(trigger.GroupId, job, generation.Id) + (same == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{same + 1}"));
            sources.Add(new AppSource(functions[sources.Count], trigger, group)
            {
                Kafka = kafka,
                ReadsKeys = formats[sources.Count] is KeyedFormat,
                Schemas = _connectors.SchemasOf(table),
                Guard = new TopicGuard(kafka, group, generation.TopicIdOf(sources.Count), clock),
            });
        }
        return new AppJob(
            new DurableJob(job, generation, times, host.Hub) { HotBytes = keys is null ? null : host.HotBytes },
            sources,
            _connectors.FlushIntervalOf(job.Sink),
            letters,
            new SinkPool(() => _sinks.CreateSink(job.Sink, job.Settings.StateTtl)),
            clock,
            loggers.CreateLogger<KafkaRangeReader>(),
            metrics,
            lookup => _connectors.CreateLookup(lookup, clock, job.Name),
            keys);
    }

    // Why a job's topics are not the ones that its state is made of. Brokers that do not answer now are asked with the first batch that looks like it.
    private async Task<IReadOnlyList<string>> CheckTopicsAsync(AppJob job, CancellationToken cancellationToken)
    {
        var generation = job.Job.Generation;
        var found = await Task.WhenAll(job.Sources.Select((s, i) => Task.Run(
            () =>
            {
                using var lag = new KafkaLag(s.Kafka!, s.ConsumerGroup, _connectors.TopicPatience);
                return (Mismatch: TopicGuard.MismatchOf(lag, generation.TopicIdOf(i)), Id: lag.Problem is null && generation.TopicIdOf(i) is null ? lag.GetTopicId() : null);
            },
            cancellationToken)));
        if (found.Any(f => f.Id is not null))
            await generations.ChangeAsync(job.Name, g => Task.FromResult(g?.Id == generation.Id ? WithIds(g, [.. found.Select(f => f.Id)]) : null), cancellationToken);
        return [.. found.Select(f => f.Mismatch).OfType<string>().Select(m => $"{job.Job.Job.Script.Name}: error: {m}")];
    }

    private static Generation WithIds(Generation generation, IReadOnlyList<string?> ids) =>
        ids.Select((id, i) => (Id: id, Source: i)).Where(s => s.Id is not null && generation.TopicIdOf(s.Source) is null).Aggregate(generation, (g, s) => g.WithTopicId(s.Source, s.Id!));

    // What can be known now and would never work; what cannot be reached now may be later.
    private async Task<IReadOnlyList<string>> ProbeAsync(Job job, DeadLetterLog letters, CancellationToken cancellationToken)
    {
        await using var sinks = new SinkPool(() => _connectors.CreateSink(job.Sink, job: job.Name));
        var lookups = Dataflow.LookupsOf(job).Select(l => TryAsync(stop => ProbeAsync(l, job.Name, stop)));
        return [.. (await Task.WhenAll([TryAsync(letters.OpenAsync), TryAsync(sinks.ProbeAsync), .. lookups])).OfType<string>()];

        async Task<string?> TryAsync(Func<CancellationToken, Task> open)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                await open(limit.Token);
            }
            catch (ConnectorException e)
            {
                return $"{job.Script.Name}: error: {e.Message}";
            }
            catch (SinkUnavailableException e)
            {
                Warn(job.Name, $"job {job.Name}: {e.Message}; trying again when it is needed");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Warn(job.Name, $"job {job.Name}: no answer within {Patience.TotalSeconds} s; trying again when it is needed");
            }
            return null;
        }
    }

    private async Task ProbeAsync(DataflowLookup table, string job, CancellationToken cancellationToken)
    {
        await using var lookup = _connectors.CreateLookup(table, clock, job);
        await lookup.OpenAsync(cancellationToken);
    }

    private void Warn(string? job, string warning)
    {
        _logger.With(("Job", job ?? "")).LogWarning("{Warning}", warning);
        // The host shows a line as a warning if it says so.
        Console.WriteLine(warning.Contains("warning", StringComparison.OrdinalIgnoreCase) ? warning : $"warning: {warning}");
    }
}
