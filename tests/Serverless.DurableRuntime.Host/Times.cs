using Serverless.Durable;

namespace Serverless.DurableRuntime.Host;

/// <summary>How long things take here, where a test waits for them.</summary>
internal static class Times
{
    /// <summary>A minute of the app's is some ten seconds. Shorter, and a busy machine would take for lost what is only late.</summary>
    public static DurableTimes Short { get; } = new()
    {
        Grace = TimeSpan.FromSeconds(8),
        EvictAfter = TimeSpan.FromSeconds(1),
        ConfirmEvery = TimeSpan.FromSeconds(5),
        ResendAfter = TimeSpan.FromSeconds(20),
        LongestRetry = TimeSpan.FromSeconds(5),
        DeferredFor = TimeSpan.FromSeconds(5),
        GapAfter = TimeSpan.FromSeconds(10),
        HeardFor = TimeSpan.FromSeconds(45),
        CoverEvery = TimeSpan.FromSeconds(10),
        CoverAgainAfter = TimeSpan.FromSeconds(30),
        RereadFrom = TimeSpan.FromSeconds(20),
        MarksKept = TimeSpan.FromMinutes(2),
    };

    /// <summary>As long as a test lasts, nothing that is lost is missed: no due time is found overdue, nothing is sent again, no gap is repaired.</summary>
    public static DurableTimes Never { get; } = Short with
    {
        Grace = Forever,
        ConfirmEvery = Forever,
        ResendAfter = Forever,
        GapAfter = Forever,
        CoverEvery = Forever,
        CoverAgainAfter = Forever,
        RereadFrom = TimeSpan.Zero,
    };

    private static TimeSpan Forever => TimeSpan.FromDays(1_000);
}
