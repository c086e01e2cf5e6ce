using System.Diagnostics;

namespace Serverless.App.Telemetry;

/// <summary>The app's spans: ingest, each operation of an entity, upsert. They are within the host's span of the function.</summary>
internal static class Traces
{
    /// <summary>What they are known by.</summary>
    public const string Name = "Serverless";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Starts one; null where nobody listens.</summary>
    public static Activity? Start(string what, string job) => Source.StartActivity(what)?.SetTag("serverless.job", job);
}
