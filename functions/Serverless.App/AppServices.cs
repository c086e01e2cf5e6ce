using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.App.Entities;
using Serverless.App.Generations;
using Serverless.App.Http;
using Serverless.App.Jobs;
using Serverless.App.Telemetry;
using Serverless.App.Triggers;
using Serverless.Connectors;
using Serverless.Connectors.Telemetry;
using Serverless.Dashboard;
using Serverless.Durable;

namespace Serverless.App;

/// <summary>What the app is made of.</summary>
internal static class AppServices
{
    /// <summary>Adds everything.</summary>
    public static void AddServerless(this FunctionsApplicationBuilder builder)
    {
        var services = builder.Services;
        var settings = new AppSettings(builder.Configuration);
        services.AddSingleton(settings);
        services.AddSingleton(HostSettings.Load(Path.Combine(AppContext.BaseDirectory, "host.json"), builder.Configuration));
        services.AddSingleton(TimeProvider.System);
        services.Configure<JsonSerializerOptions>(MessageJson.Configure);
        services.AddSingleton<JobCatalog>();
        services.AddSingleton<JobLoader>();
        services.AddSingleton<IGenerations, BlobGenerations>();
        services.AddSingleton(StorageAccount.Open);
        services.AddSingleton<IKeyStore>(provider => new TableKeyStore(StorageAccount.OpenTables(provider), provider.GetRequiredService<HostSettings>()));
        services.AddSingleton<GenerationWatch>();
        services.AddSingleton<OrphanedOperations>();
        services.AddSingleton<RepeatedWarnings>();
        services.AddSingleton<Ingestion>();
        services.AddHostedService<IdleIngestion>();
        services.AddSingleton<JobPulses>();
        services.AddSingleton<EntityDispatcher>();
        services.AddSingleton<SinkProbe>();
        services.AddSingleton<JobHealth>();
        services.AddSingleton<Rewrites>();
        services.AddSingleton<IJobWatch, JobWatch>();
        services.AddSingleton<DashboardPage>();
        services.AddSingleton(provider => new DashboardApi(
            [.. provider.GetRequiredService<JobCatalog>().All.Select(j => j.Job.Job)],
            new ConnectorFactory(name => settings[name], NullLoggerFactory.Instance).CreateReader,
            provider.GetRequiredService<IJobWatch>(),
            new DashboardHost("functions", IsLive: false),
            TimeProvider.System));
        services.AddSingleton<JobMetrics>();
        services.AddSingleton<DurableMetrics>();
        services.AddHostedService<LagMeter>();
        services.AddTelemetry(settings);
        // Behind the one that the build generates, which it asks.
        var generated = services.Last(s => s.ServiceType == typeof(IFunctionMetadataProvider));
        services.AddSingleton<IFunctionMetadataProvider>(provider => new JobFunctions(
            (IFunctionMetadataProvider)(generated.ImplementationInstance ?? ActivatorUtilities.CreateInstance(provider, generated.ImplementationType!)),
            provider.GetRequiredService<JobCatalog>()));
    }
}
