using System.Globalization;
using System.Text;

namespace Serverless.Testing;

/// <summary>Events of the two jobs, the same for the same seed.</summary>
internal static class GeneratedEvents
{
    /// <summary>Recharge events: <paramref name="appkeys"/> apps over three days, amounts of one decimal, some of them refunds.</summary>
    public static IEnumerable<byte[]> Recharge(int count, int appkeys, int seed = 1)
    {
        var random = new Random(seed);
        var start = new DateTime(2020, 9, 30, 0, 0, 0);
        for (var i = 0; i < count; i++)
        {
            var app = random.Next(appkeys);
            var time = start.AddSeconds((long)i * 3 * 86_400 / count);
            var tenths = random.Next(-200, 2000);
            yield return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $$"""{"appkey":"appkey{{app}}","servertime":"{{time:yyyy-MM-dd HH:mm:ss}}","consumenum":{{tenths / 10m}},"roleid":"roleid{{random.Next(5000)}}","serverid":"{{random.Next(50)}}"}"""));
        }
    }

    /// <summary>A recharge event of one app.</summary>
    public static byte[] Recharge(int app) =>
        Encoding.UTF8.GetBytes($$"""{"appkey":"appkey{{app}}","servertime":"2020-09-30 14:10:36","consumenum":33.8,"roleid":"roleid{{app % 5000}}","serverid":"{{app % 50}}"}""");

    /// <summary>Track events: <paramref name="addresses"/> addresses over two days, some events up to five minutes late.</summary>
    public static IEnumerable<byte[]> Track(int count, int addresses, int seed = 2)
    {
        var random = new Random(seed);
        var start = new DateTime(2021, 12, 1, 0, 0, 0);
        for (var i = 0; i < count; i++)
        {
            var address = random.Next(addresses);
            var time = start.AddSeconds((long)i * 2 * 86_400 / count - (random.Next(10) == 0 ? random.Next(300) : 0));
            if (time < start)
                time = start;
            yield return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $$"""{"account_id":"id{{address}}","client_ip":"{{address >> 16 & 255}}.{{address >> 8 & 255}}.{{address & 255}}.1","client_info":"mi10","platform":"android","action":"open","p_dt":"{{time:yyyy-MM-dd}}","c_time":"{{time:yyyy-MM-dd HH:mm:ss}}"}"""));
        }
    }
}
