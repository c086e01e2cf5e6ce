using System.Globalization;
using System.Text.Json;

namespace Serverless.Browser.Tests;

/// <summary>What 200 apps sell in a day, with names and amounts that are hard to show, and minute by minute over three days.</summary>
internal static class Purchases
{
    /// <summary>The day of all apps.</summary>
    public const string Day = "2026-05-02";

    /// <summary>How many apps have a plain name, and sell for as many as their number says.</summary>
    public const int Apps = 200;

    /// <summary>A name that would be read backwards, and would obey a terminal.</summary>
    public const string Obeyed = "a\u202etxt.exe\u0000\u001b[31m";

    /// <summary>A name that is markup.</summary>
    public const string Markup = "<img src=x onerror=alert(1)>";

    /// <summary>A name that a chart's own markup would take.</summary>
    public const string RichText = "{b|rich}";

    /// <summary>A name with a break and nothing to see.</summary>
    public const string Blank = " \u200b\n\t";

    /// <summary>A name that is read from right to left.</summary>
    public const string FromTheRight = "مرحبا بالعالم";

    /// <summary>A name of letters that others are joined to, above and below.</summary>
    public const string Joined = "Z\u0338\u0321\u0360\u0348a\u0336\u0322\u0311\u0349l\u0335\u030d\u0323g\u0337\u0313\u0324o\u0334\u0360\u0325";

    /// <summary>A name of pictures, one of them made of seven characters.</summary>
    public const string Pictures = "👩‍👩‍👧‍👦 🎮🏳️‍🌈";

    /// <summary>A name of 300 characters.</summary>
    public static readonly string Long = string.Concat(Enumerable.Repeat("no-space-", 34))[..300];

    /// <summary>Names with what they sell for.</summary>
    public static readonly (string Name, decimal? Amount)[] Hard =
    [
        (Long, 12345.5m), (Markup, 1000), (Obeyed, 500), (FromTheRight, 400), (Joined, 390), (Pictures, 380), (RichText, 0), ("nothing", null), (Blank, null), ("returns", -2500.25m),
    ];

    private const string Script = """
        CREATE TABLE purchases (app STRING, sold_at STRING, amount DECIMAL(18, 2)) WITH (
          'connector' = 'kafka', 'topic' = 'purchases', 'properties.bootstrap.servers' = 'none', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
        CREATE TABLE apps (app STRING, last_sale STRING, orders BIGINT, `day` STRING, amount DECIMAL(18, 2), PRIMARY KEY (app, `day`) NOT ENFORCED) WITH (
          'connector' = 'jdbc', 'url' = 'jdbc:mysql://none/none', 'table-name' = 'apps', 'username' = 'none', 'password' = '${NONE:-}');
        CREATE TABLE minutes (`day` STRING, sale_minute STRING, amount DECIMAL(18, 2), PRIMARY KEY (`day`, sale_minute) NOT ENFORCED) WITH (
          'connector' = 'jdbc', 'url' = 'jdbc:mysql://none/none', 'table-name' = 'minutes', 'username' = 'none', 'password' = '${NONE:-}');
        INSERT INTO apps SELECT app, LAST_VALUE(sold_at), COUNT(*), SUBSTRING(sold_at, 1, 10), SUM(amount) FROM purchases WHERE app IS NOT NULL GROUP BY app, SUBSTRING(sold_at, 1, 10);
        INSERT INTO minutes SELECT SUBSTRING(sold_at, 1, 10), DATE_FORMAT(CAST(MAX(sold_at) AS TIMESTAMP), 'HH:mm'), SUM(amount) FROM purchases WHERE app IS NULL GROUP BY SUBSTRING(sold_at, 1, 10);
        """;

    /// <summary>Runs both jobs.</summary>
    public static Task<DashboardProcess> RunAsync() => DashboardProcess.ScriptAsync("shop", Script, "purchases", [.. Lines()]);

    private static IEnumerable<string> Lines()
    {
        for (var app = 1; app <= Apps; app++)
            yield return Line($"app{app}", $"{Day} 10:00:00", app);
        foreach (var (name, amount) in Hard)
            yield return Line(name, $"{Day} 11:00:00", amount);
        // A day in which more is sold than on the one before, every ten minutes.
        for (var day = 1; day <= 3; day++)
            for (var minute = 0; minute < 60; minute += 10)
                yield return Line(null, string.Create(CultureInfo.InvariantCulture, $"2026-05-0{day} 08:{minute:00}:00"), day * 100);
    }

    private static string Line(string? app, string at, decimal? amount) => JsonSerializer.Serialize(new { app, sold_at = at, amount });
}
