using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Serverless.Connectors.Telemetry;
using Serverless.Dashboard;

namespace Serverless.Local.Web;

/// <summary>Serves the dashboard: its page, its JSON, events and the metrics. Nothing in the environment changes how.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const int MostConnections = 1024;
    private const string Api = "/api/";
    private const string Events = "/api/events";
    private const string Metrics = "/metrics";

    // What is connected and says nothing takes the place of who would: pages that are silent connect again.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    // Of requests that are being answered when it ends; events end at once.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly DashboardApi _api;
    private readonly DashboardPage _page;
    private readonly Access _access;

    private DashboardServer(ListenAddress address, string? token, DashboardApi api, DashboardPage page)
    {
        (_api, _page, _access) = (api, page, new Access(token));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MostConnections;
            options.Limits.KeepAliveTimeout = Silence;
            options.Limits.RequestHeadersTimeout = Silence;
            options.Listen(address.Address, address.Port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = LastAnswers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("serverless-sql", autoGenerateServiceInstanceId: false))
            .AddMeter(JobMetrics.Name)
            .AddPrometheusExporter());
        _app = builder.Build();
        _app.Use(GuardAsync);
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(Metrics);
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it is.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Starts serving.</summary>
    /// <param name="choice">Where, and to whom.</param>
    /// <param name="api">What is asked for data; its to dispose of.</param>
    /// <param name="page">The page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="CommandException">The address cannot be listened on.</exception>
    public static async Task<DashboardServer> StartAsync(DashboardChoice choice, DashboardApi api, DashboardPage page, CancellationToken cancellationToken)
    {
        for (var address = choice.Address; ; address = address with { Port = 0 })
        {
            var server = new DashboardServer(address, choice.Token, api, page);
            try
            {
                await server._app.StartAsync(cancellationToken);
                server.Url = server.Listening();
                return server;
            }
            // The first of an address in use, the second of one that is not this machine's or takes rights.
            catch (Exception e) when (e is IOException or SocketException)
            {
                await server._app.DisposeAsync();
                if (choice.MayMove && address.Port != 0 && e.InnerException is AddressInUseException)
                    continue;
                await api.DisposeAsync();
                throw choice.Refusal(e.InnerException?.Message ?? e.Message);
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _api.DisposeAsync();
    }

    private string Listening()
    {
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return addresses.Single();
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (_access.Refuse(context.Request) is { } refusal)
        {
            await SendAsync(context, refusal);
            return;
        }
        Add(context.Response, DashboardHeaders.Data);
        await next(context);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // As it was sent: a table's name may hold what a path's decoding would take for its own.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?')[0];
        var stop = context.RequestAborted;
        if (path == Events)
            await SendEventsAsync(context);
        else if (path.StartsWith(Api, StringComparison.Ordinal))
            await SendAsync(context, await _api.AnswerAsync(path[Api.Length..], context.Request.QueryString.Value ?? "", stop));
        else
            await SendAsync(context, _page.Answer(path.TrimStart('/'), context.Request.Headers.AcceptEncoding, context.Request.Headers.IfNoneMatch));
    }

    private async Task SendEventsAsync(HttpContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _app.Lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        try
        {
            await foreach (var text in _api.EventsAsync(stop.Token))
            {
                await context.Response.Body.WriteAsync(text, stop.Token);
                await context.Response.Body.FlushAsync(stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The page is closed, or the host ends.
        }
    }

    private static async Task SendAsync(HttpContext context, DashboardAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        Add(context.Response, answer.Headers);
        if (answer.Status == StatusCodes.Status304NotModified)
            return;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static void Add(HttpResponse response, IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
            response.Headers[name] = value;
    }

    // Signals are the command's to see to.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
