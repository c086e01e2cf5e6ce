using Serverless.Engine;

namespace Serverless.Local.Running;

/// <summary>The dead letters of a topic that are to become records again.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Readers">The jobs that read it.</param>
/// <param name="Letters">The letters.</param>
internal sealed record ReplayTopic(string Name, IReadOnlyList<Job> Readers, IReadOnlyList<KeptLetter> Letters);
