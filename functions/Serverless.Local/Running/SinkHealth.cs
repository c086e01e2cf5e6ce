namespace Serverless.Local.Running;

/// <summary>How a job's sink is, and the place for its dead letters.</summary>
/// <param name="IsUp">Whether it takes rows; null if that has not been tried.</param>
/// <param name="Message">Why not; null if it does.</param>
/// <param name="Since">Since when not; null if it does.</param>
internal sealed record SinkHealth(bool? IsUp, string? Message = null, DateTimeOffset? Since = null);
