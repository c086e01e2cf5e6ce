using System.Globalization;
using System.Text;

namespace Serverless.Local.Demo;

/// <summary>A made-up day of the demo's two topics: always the same for one date and seed. It knows no clock: <see cref="DemoPace"/> says when an event is sent.</summary>
/// <param name="date">The day.</param>
/// <param name="seed">Chooses the players and visitors.</param>
internal sealed class DemoDay(DateOnly date, int seed)
{
    private const int Minutes = 24 * 60;
    private const int Apps = 8;
    private const int Roles = 400;
    private const int Visitors = 9000;
    private const double PerMinuteSpent = 2;
    private const double PerMinuteViewed = 40;

    // A few events come some minutes late, and change what was said of the minutes since.
    private const double LateShare = 0.01;
    private const int MostMinutesLate = 10;

    /// <summary>What players spend, in the order in which it is sent.</summary>
    public IEnumerable<DemoEvent> Purchases()
    {
        var random = new Random(seed);
        foreach (var (minute, time) in Times(random, PerMinuteSpent))
        {
            // The first app earns the most.
            var app = 1 + (int)(Apps * Math.Pow(random.NextDouble(), 1.7));
            var role = random.Next(Roles);
            yield return Event(minute,
                $$"""{"appkey":"appkey{{app}}","servertime":"{{time:yyyy-MM-dd HH:mm:ss}}","consumenum":{{random.Next(10, 900) / 10m}},"roleid":"roleid{{role}}","serverid":"{{role % 9}}"}""");
        }
    }

    /// <summary>The pages that visitors open, in the order in which it is sent.</summary>
    public IEnumerable<DemoEvent> Views()
    {
        var random = new Random(seed + 1);
        foreach (var (minute, time) in Times(random, PerMinuteViewed))
        {
            var visitor = random.Next(Visitors);
            yield return Event(minute,
                $$"""{"account_id":"id{{visitor}}","client_ip":"72.11.{{visitor / 250}}.{{visitor % 250}}","client_info":"mi10","p_dt":"{{time:yyyy-MM-dd}}","c_time":"{{time:yyyy-MM-dd HH:mm:ss}}"}""");
        }
    }

    private static DemoEvent Event(int minute, FormattableString json) => new(minute, Encoding.UTF8.GetBytes(json.ToString(CultureInfo.InvariantCulture)));

    // The minute in which an event is sent, and the time that it tells.
    private IEnumerable<(int Minute, DateTime Time)> Times(Random random, double perMinute)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        for (var minute = 0; minute < Minutes; minute++)
            for (var left = Crowd(minute / 60.0) * perMinute * (0.6 + (0.8 * random.NextDouble())); left > random.NextDouble(); left--)
            {
                var late = random.NextDouble() < LateShare ? random.Next(1, MostMinutesLate + 1) : 0;
                yield return (minute, midnight.AddMinutes(Math.Max(0, minute - late)).AddSeconds(random.Next(60)));
            }
    }

    // More at noon and in the evening than at night.
    private static double Crowd(double hour) => 0.1 + Peak(hour, 12.3, 1.4) + (1.6 * Peak(hour, 20, 2.2));

    private static double Peak(double hour, double at, double width) => Math.Exp(-Math.Pow((hour - at) / width, 2));
}
