using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>A row whose newest version cannot be made.</summary>
/// <param name="Key">The row's identity.</param>
/// <param name="Version">Which version.</param>
/// <param name="Reason">Why.</param>
/// <param name="Row">What is known of it, as JSON.</param>
internal sealed record StandingFailure(string Key, RowVersion Version, string Reason, byte[] Row);
