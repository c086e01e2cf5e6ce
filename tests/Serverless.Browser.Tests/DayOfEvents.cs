using System.Globalization;

namespace Serverless.Browser.Tests;

/// <summary>Events of both jobs' topics over a day, more at noon and in the evening than at night; always the same.</summary>
internal static class DayOfEvents
{
    private const int Apps = 8;
    private const int Visitors = 9000;
    private static readonly DateTime Start = new(2021, 12, 1, 6, 0, 0);

    /// <summary>What players spend.</summary>
    public static IEnumerable<string> Recharges()
    {
        var random = new Random(1);
        foreach (var time in Times(random, perMinute: 2))
        {
            // The first app has the most.
            var app = 1 + (int)(Apps * Math.Pow(random.NextDouble(), 1.7));
            var role = random.Next(400);
            yield return string.Create(CultureInfo.InvariantCulture,
                $$"""{"appkey":"appkey{{app}}","servertime":"{{time:yyyy-MM-dd HH:mm:ss}}","consumenum":{{random.Next(10, 900) / 10m}},"roleid":"roleid{{role}}","serverid":"{{role % 9}}"}""");
        }
    }

    /// <summary>The pages that visitors open.</summary>
    public static IEnumerable<string> Views()
    {
        var random = new Random(2);
        return Times(random, perMinute: 40).Select(time =>
        {
            var visitor = random.Next(Visitors);
            return string.Create(CultureInfo.InvariantCulture,
                $$"""{"account_id":"id{{visitor}}","client_ip":"72.11.{{visitor / 250}}.{{visitor % 250}}","client_info":"mi10","p_dt":"{{time:yyyy-MM-dd}}","c_time":"{{time:yyyy-MM-dd HH:mm:ss}}"}""");
        });
    }

    private static IEnumerable<DateTime> Times(Random random, int perMinute)
    {
        for (var minute = 0; minute < 15 * 60; minute++)
        {
            var hour = 6 + (minute / 60.0);
            var crowd = 0.15 + Math.Exp(-Math.Pow((hour - 12.3) / 1.4, 2)) + (1.6 * Math.Exp(-Math.Pow((hour - 20) / 2.2, 2)));
            for (var left = crowd * perMinute * (0.6 + (0.8 * random.NextDouble())); left > random.NextDouble(); left--)
                yield return Start.AddMinutes(minute).AddSeconds(random.Next(60));
        }
    }
}
