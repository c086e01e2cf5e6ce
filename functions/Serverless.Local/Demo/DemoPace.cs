using System.Runtime.CompilerServices;

namespace Serverless.Local.Demo;

/// <summary>Decides when the events of a day are sent: the day up to the evening within seconds, so that there is something to see, and then one minute per second.</summary>
internal static class DemoPace
{
    /// <summary>The minute of the day from which on one takes a second.</summary>
    public const int Evening = 18 * 60;

    private static readonly TimeSpan UntilEvening = TimeSpan.FromSeconds(4);

    /// <summary>Returns how long after the demo's start a minute's events are sent.</summary>
    /// <param name="minute">The minute of the day.</param>
    public static TimeSpan DueAt(int minute) => minute < Evening ? UntilEvening * minute / Evening : UntilEvening + TimeSpan.FromSeconds(minute - Evening);

    /// <summary>Returns the events, each when it is due.</summary>
    /// <param name="events">The events, in order.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async IAsyncEnumerable<byte[]> PacedAsync(IEnumerable<DemoEvent> events, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        foreach (var (minute, json) in events)
        {
            if (DueAt(minute) - clock.GetElapsedTime(began) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, clock, cancellationToken);
            yield return json;
        }
    }
}
