namespace Serverless.Local.Running;

/// <summary>A row whose newest version cannot be made.</summary>
/// <param name="Key">The row's identity.</param>
/// <param name="Version">The number of events that version is made of.</param>
/// <param name="Reason">Why.</param>
/// <param name="Row">What is known of it, as JSON.</param>
internal sealed record StandingFailure(string Key, long Version, string Reason, byte[] Row);
