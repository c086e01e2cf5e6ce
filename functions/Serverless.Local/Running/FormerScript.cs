using Serverless.Engine;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The state that a job had before it became another one: kept until the new one has caught up.</summary>
/// <param name="Key">What it is stored under.</param>
/// <param name="Fingerprint">What it meant.</param>
/// <param name="Groups">The groups there are.</param>
/// <param name="Start">Where it began to read.</param>
/// <param name="Forms">The forms in which its rows may be in tables.</param>
internal sealed record FormerScript(string Key, string Fingerprint, long Groups, StartOffsets Start, IReadOnlyList<OutputForm> Forms);
