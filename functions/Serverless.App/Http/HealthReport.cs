namespace Serverless.App.Http;

/// <summary>How the app is. Anyone may read it, so it holds no setting and no value.</summary>
/// <param name="Jobs">The jobs loaded.</param>
/// <param name="Current">Whether the task hub's state is theirs, and not another version's of the app.</param>
/// <param name="Brokers">Whether the brokers of all jobs can be reached.</param>
/// <param name="Sinks">Whether the sinks of all jobs can be reached.</param>
/// <param name="Reasons">Why it is not healthy, each in words.</param>
internal sealed record HealthReport(int Jobs, bool Current, bool Brokers, bool Sinks, IReadOnlyList<string> Reasons)
{
    /// <summary>Whether all is well.</summary>
    public bool IsHealthy => Jobs > 0 && Current && Brokers && Sinks && Reasons.Count == 0;
}
