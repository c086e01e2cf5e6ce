namespace Serverless.Connectors;

/// <summary>How a source is.</summary>
/// <param name="IsUp">Whether it can be read; null if that has not been tried.</param>
/// <param name="Message">Why not; null if it can.</param>
/// <param name="Since">Since when not; null if it can.</param>
/// <param name="IsMissing">Whether the brokers answer and say that the topic is not there.</param>
public sealed record SourceHealth(bool? IsUp, string? Message = null, DateTimeOffset? Since = null, bool IsMissing = false);
