using Serverless.Engine;
namespace Serverless.Local.Running;

/// <summary>The state that a job had before it became another one: kept until the new one has caught up.</summary>
/// <param name="Key">What it is stored under.</param>
/// <param name="Fingerprint">What it meant.</param>
/// <param name="Groups">The groups there are, or the keys of its operators.</param>
/// <param name="Start">Where it began to read.</param>
/// <param name="Forms">The forms in which its rows may be in tables.</param>
internal sealed record FormerScript(string Key, string Fingerprint, long Groups, SourceStarts Start, IReadOnlyList<OutputForm> Forms)
{
    /// <summary>Whether it has read anything.</summary>
    public required bool HasRead { get; init; }

    /// <summary>Whether it is of several stages.</summary>
    public required bool IsOfStages { get; init; }

    /// <summary>Whether all the rows that it has written are known, if it is of several stages.</summary>
    public required bool KeepsRows { get; init; }
}
