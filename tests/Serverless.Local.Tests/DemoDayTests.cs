using System.Globalization;
using System.Text;
using System.Text.Json;
using Serverless.Local.Demo;

namespace Serverless.Local.Tests;

public sealed class DemoDayTests
{
    private static readonly DemoDay Day = new(new DateOnly(2021, 12, 1), seed: 1);
    private static readonly List<(int Minute, JsonElement Json)> Views = Read(Day.Views());
    private static readonly List<(int Minute, JsonElement Json)> Purchases = Read(Day.Purchases());

    [Fact]
    public void A_seed_makes_the_same_day_each_time_and_another_seed_another()
    {
        Assert.Equal(TextOf(Day.Views()), TextOf(Day.Views()));
        Assert.NotEqual(TextOf(Day.Views()), TextOf(new DemoDay(new DateOnly(2021, 12, 1), seed: 2).Views()));
    }

    [Fact]
    public void Visitors_come_at_noon_and_in_the_evening_more_than_at_night_and_come_back()
    {
        Assert.InRange(Views.Count, 15_000, 40_000);
        Assert.True(CountIn(12) > 3 * CountIn(3) && CountIn(20) > CountIn(12) && CountIn(16) < CountIn(12), "the day has no curve");
        Assert.InRange(Views.Select(v => Text(v, "client_ip")).Distinct().Count(), 5_000, Views.Count / 2);

        static int CountIn(int hour) => Views.Count(v => v.Minute / 60 == hour);
    }

    [Fact]
    public void Apps_differ_in_what_they_earn()
    {
        var amounts = Purchases.GroupBy(p => Text(p, "appkey")).Select(g => g.Sum(p => p.Json.GetProperty("consumenum").GetDecimal())).Order().ToList();
        Assert.Equal(8, amounts.Count);
        Assert.True(amounts[^1] > 3 * amounts[0], string.Join(' ', amounts));
    }

    [Fact]
    public void Events_are_of_the_day_in_the_order_in_which_they_are_sent_and_a_few_come_late()
    {
        Assert.Equal(Views.Select(v => v.Minute).Order(), Views.Select(v => v.Minute));
        var late = Views.Select(v => v.Minute - MinuteOf(v)).ToList();
        Assert.All(late, minutes => Assert.InRange(minutes, 0, 10));
        Assert.InRange(late.Count(l => l > 0), 50, Views.Count / 50);
        Assert.All(Views, v => Assert.Equal("2021-12-01", Text(v, "p_dt")));
    }

    [Fact]
    public void The_day_up_to_the_evening_takes_seconds_and_the_evening_a_second_a_minute()
    {
        Assert.Equal(TimeSpan.Zero, DemoPace.DueAt(0));
        Assert.InRange(DemoPace.DueAt(DemoPace.Evening), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
        Assert.Equal(TimeSpan.FromSeconds(60), DemoPace.DueAt(20 * 60) - DemoPace.DueAt(19 * 60));
    }

    private static int MinuteOf((int, JsonElement) view) =>
        (int)(DateTime.Parse(Text(view, "c_time"), CultureInfo.InvariantCulture) - new DateTime(2021, 12, 1)).TotalMinutes;

    private static string Text((int Minute, JsonElement Json) e, string field) => e.Json.GetProperty(field).GetString()!;

    private static List<(int, JsonElement)> Read(IEnumerable<DemoEvent> events) => [.. events.Select(e => (e.Minute, JsonElement.Parse(e.Json)))];

    private static IEnumerable<string> TextOf(IEnumerable<DemoEvent> events) => events.Take(1_000).Select(e => Encoding.UTF8.GetString(e.Json));
}
