using System.Text.RegularExpressions;
using DurableTask.AzureStorage;
using DurableTask.Core;
using DurableTask.Core.Entities;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Moq;
using Serverless.Durable;

namespace Serverless.DurableRuntime.Host;

/// <summary>What the Functions host does for the app: runs the task hub and the triggers, and a worker, which may die while it lives on.</summary>
internal sealed partial class RuntimeHost : IAsyncDisposable
{
    private readonly HostOptions _options;
    private readonly AzureStorageOrchestrationService _service;
    private readonly TaskHubWorker _hub;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggerFactory _loggers = LoggerFactory.Create(log => log.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning));
    private Task<Worker> _worker;
    private Task _triggers = Task.CompletedTask;

    private RuntimeHost(HostOptions options)
    {
        _options = options;
        _worker = Worker.StartAsync(options);
        _service = new AzureStorageOrchestrationService(Settings());
        _hub = new TaskHubWorker(_service, _loggers);
        var losses = new Losses(options);
        foreach (var kind in Enum.GetValues<EntityKind>())
            _hub.AddTaskEntities(new NameValueObjectCreator<TaskEntity>(kind.ToString().ToLowerInvariant(), "", new EntityBatches(kind, () => Volatile.Read(ref _worker), losses)));
    }

    /// <summary>Starts one.</summary>
    public static async Task<RuntimeHost> StartAsync(HostOptions options)
    {
        var host = new RuntimeHost(options);
        var worker = await host._worker;
        await host._service.CreateIfNotExistsAsync();
        await host._hub.StartAsync();
        var client = new Mock<DurableTaskClient>("hub");
        client.SetupGet(c => c.Entities).Returns(new HubClient(host._service, () => worker.Converter));
        host._triggers = Task.WhenAll(
        [
            new PulseTimer(Current, client.Object, options.IsMeasured ? DurableTimes.Default : Times.Short).RunAsync(host._stop.Token),
            .. worker.Jobs.All.SelectMany(j => j.Sources.Select(s => new TopicReader(j, s, Current, client.Object, options.IsMeasured).RunAsync(host._stop.Token))),
        ]);
        return host;

        Task<Worker> Current() => Volatile.Read(ref host._worker);
    }

    /// <summary>Ends the worker, with all that it has in hand, and starts another.</summary>
    public void EndWorker()
    {
        var former = Interlocked.Exchange(ref _worker, Worker.StartAsync(_options));
        if (former.IsCompletedSuccessfully)
            former.Result.Die();
    }

    /// <summary>Prints what the runtime keeps of each entity, long values cut short.</summary>
    public async Task PrintEntitiesAsync()
    {
        string? next = null;
        do
        {
            var page = await ((IEntityOrchestrationService)_service).EntityBackendQueries!.QueryEntitiesAsync(
                new EntityBackendQueries.EntityQuery { IncludeState = true, IncludeTransient = true, ContinuationToken = next }, CancellationToken.None);
            foreach (var entity in page.Results)
            {
                var state = await _service.GetOrchestrationStateAsync(entity.EntityId.ToString(), executionId: null);
                Console.WriteLine($"{entity.EntityId} of {entity.LastModifiedTime:HH:mm:ss}: {LongValue().Replace(state?.Input ?? "", "…")}");
            }
            next = page.ContinuationToken;
        }
        while (next is not null);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_triggers);
        await _hub.StopAsync(isForced: true);
        _hub.Dispose();
        _service.Dispose();
        await (await _worker).DisposeAsync();
        _loggers.Dispose();
        _stop.Dispose();
    }

    [GeneratedRegex("[A-Za-z0-9+/=]{60,}")]
    private static partial Regex LongValue();

    // What host.json says, and the settings that overrule it, as the extension reads them.
    private AzureStorageOrchestrationServiceSettings Settings()
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json"))
            .AddInMemoryCollection(new ConfigurationBuilder().AddEnvironmentVariables("AzureFunctionsJobHost__").Build().AsEnumerable())
            .Build();
        var section = configuration.GetSection("extensions:durableTask");
        var settings = new AzureStorageOrchestrationServiceSettings();
        section.GetSection("storageProvider").Bind(settings);
        settings.TaskHubName = section["hubName"]!;
        settings.MaxConcurrentTaskEntityWorkItems = section.GetValue<int>("maxConcurrentEntityFunctions");
        settings.MaxEntityOperationBatchSize = section.GetValue<int>("maxEntityOperationBatchSize");
        settings.EntityMessageReorderWindowInMinutes = section.GetValue<int>("entityMessageReorderWindowInMinutes");
        settings.UseSeparateQueueForEntityWorkItems = true;
        settings.StorageAccountClientProvider = new StorageAccountClientProvider(Environment.GetEnvironmentVariable("AzureWebJobsStorage")!);
        settings.LoggerFactory = _loggers;
        // An instance that starts again keeps its name, and takes up its partitions at once.
        settings.WorkerId = "host";
        return settings;
    }
}
