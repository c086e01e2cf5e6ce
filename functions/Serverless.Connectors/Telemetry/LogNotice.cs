using Microsoft.Extensions.Logging;

namespace Serverless.Connectors.Telemetry;

/// <summary>Marks a log call that tells what a user should know and need not act on: the terminal shows it as a notice.</summary>
public static class LogNotice
{
    /// <summary>The mark.</summary>
    public static readonly EventId Id = new(1, "Notice");
}
