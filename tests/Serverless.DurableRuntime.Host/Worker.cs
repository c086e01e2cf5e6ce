using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.App;
using Serverless.App.Entities;
using Serverless.App.Jobs;
using Serverless.App.Triggers;
using Serverless.Durable;
using Serverless.Engine.Sql;

namespace Serverless.DurableRuntime.Host;

/// <summary>What a worker process holds: the app as its own start makes it, without the connection to a Functions host.</summary>
internal sealed class Worker : IAsyncDisposable
{
    // Each entity costs the storage many requests, and four shards show what sixteen do.
    private const string Settings = "SET 'table.optimizer.distinct-agg.split.bucket-num' = '4';\n";

    private readonly IHost _app;
    private readonly CancellationTokenSource _death = new();

    private Worker(IHost app) => _app = app;

    /// <summary>The jobs.</summary>
    public JobCatalog Jobs => Get<JobCatalog>();

    /// <summary>What the entities do.</summary>
    public EntityDispatcher Entities => Get<EntityDispatcher>();

    /// <summary>What the triggers call.</summary>
    public Ingestion Ingestion => Get<Ingestion>();

    /// <summary>What the timer calls.</summary>
    public JobPulses Pulses => Get<JobPulses>();

    /// <summary>How states and messages are written.</summary>
    public WorkerConverter Converter => new(Get<IOptions<WorkerOptions>>().Value.Serializer!);

    /// <summary>Cancelled when the worker is dead.</summary>
    public CancellationToken Death => _death.Token;

    /// <summary>Starts one.</summary>
    /// <param name="options">Its scripts, and whether it makes up for what is lost.</param>
    public static async Task<Worker> StartAsync(HostOptions options)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.AddServerless();
        builder.Services.AddSingleton(options.IsMeasured ? DurableTimes.Default : options.MakesUp ? Times.Short : Times.Never);
        if (options.HotBytes is { } hot)
            builder.Services.AddSingleton((HostSettings)builder.Services.Single(s => s.ServiceType == typeof(HostSettings)).ImplementationInstance! with { HotBytes = hot });
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        var worker = new Worker(builder.Build());
        await worker.Get<JobLoader>().LoadAsync([.. options.Scripts.Select(s => new SourceText(Path.GetFileName(s), (options.IsMeasured ? "" : Settings) + File.ReadAllText(s)))], CancellationToken.None);
        return worker;
    }

    /// <summary>Ends it: what it has in hand is gone.</summary>
    public void Die() => _death.Cancel();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var job in Jobs.All)
            await job.DisposeAsync();
        _app.Dispose();
        _death.Dispose();
    }

    private T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();
}
