namespace Serverless.Dashboard;

/// <summary>Who serves the dashboard.</summary>
/// <param name="Name">The host's name: <c>local</c> or <c>functions</c>.</param>
/// <param name="IsLive">Whether it serves events. Then it also counts all rows that are written, so that a table is known to be as it was.</param>
/// <param name="Brokers">Where the broker in the host's own process is found, which all its topics are in; null where there is none.</param>
public sealed record DashboardHost(string Name, bool IsLive, string? Brokers = null);
