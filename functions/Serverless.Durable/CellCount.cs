using System.Globalization;
using Serverless.Engine;
using Serverless.Engine.Runtime;

namespace Serverless.Durable;

/// <summary>How many entities the groups of a job share: with an entity for each, a task hub stands still where groups are many.</summary>
public static class CellCount
{
    /// <summary>What a job of one stage has unless <c>state.cells</c> says otherwise.</summary>
    public const int Default = 64;

    /// <summary>Returns the number for a job whose state begins now; null for one entity a group.</summary>
    /// <param name="job">The job.</param>
    public static int? Of(Job job) => job.Settings.Cells switch { null => job.Dataflow is null ? Default : StagePlan.DefaultCells, 0 => null, var cells => cells };

    /// <summary>Returns the number for a job whose state is there: what it began with, even if that is not the default any more.</summary>
    /// <param name="job">The job.</param>
    /// <param name="generation">Its state.</param>
    public static int? Of(Job job, Generation generation) => Split(generation.Fingerprint) is (_, { } cells) ? cells == 0 ? null : cells : Of(job);

    /// <summary>Returns whether a state is of a fingerprint. Where a script does not say how many entities there are, it goes on with as many as it has.</summary>
    /// <param name="job">The job.</param>
    /// <param name="known">The state's fingerprint.</param>
    /// <param name="fingerprint">The job's.</param>
    internal static bool Fits(Job job, string known, string fingerprint) =>
        known == fingerprint || (job.Settings.Cells is null && Split(known) is ({ } was, not null) && Split(fingerprint) is ({ } now, not null) && was == now);

    /// <summary>Returns a fingerprint's part that tells the number.</summary>
    internal static string Part(Job job) => string.Create(CultureInfo.InvariantCulture, $"-{Of(job) ?? 0}");

    // A fingerprint without the number, and the number; nulls if it is not one.
    private static (string? Others, int? Cells) Split(string fingerprint) =>
        fingerprint.LastIndexOf('-') is > 0 and var dash && int.TryParse(fingerprint.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var cells)
            ? (fingerprint[..dash], cells) : (null, null);
}
