using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using Serverless.Connectors.Telemetry;

namespace Serverless.App.Telemetry;

/// <summary>Where traces and metrics go.</summary>
internal static class TelemetryServices
{
    /// <summary>To Azure Monitor, to an OTLP endpoint, to both or to none, as the settings say.</summary>
    public static void AddTelemetry(this IServiceCollection services, AppSettings settings)
    {
        var toMonitor = !string.IsNullOrEmpty(settings["APPLICATIONINSIGHTS_CONNECTION_STRING"]);
        var toOtlp = !string.IsNullOrEmpty(settings["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        if (!toMonitor && !toOtlp)
            return;
        var telemetry = services.AddOpenTelemetry();
        telemetry.UseFunctionsWorkerDefaults();
        telemetry.WithTracing(traces => traces.AddSource(Traces.Name)).WithMetrics(metrics => metrics.AddMeter(JobMetrics.Name));
        if (toMonitor)
            telemetry.UseAzureMonitorExporter(o => o.Credential = MonitorCredential.Of(settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]));
        if (toOtlp)
            telemetry.UseOtlpExporter();
    }
}
