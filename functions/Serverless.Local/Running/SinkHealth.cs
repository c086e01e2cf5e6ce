namespace Serverless.Local.Running;

/// <summary>How a job's sink is, and the place for its dead letters.</summary>
/// <param name="IsUp">Whether it takes rows; null where that has not been tried.</param>
/// <param name="Message">Why not; null where it does.</param>
/// <param name="Since">Since when not; null where it does.</param>
internal sealed record SinkHealth(bool? IsUp, string? Message = null, DateTimeOffset? Since = null);
