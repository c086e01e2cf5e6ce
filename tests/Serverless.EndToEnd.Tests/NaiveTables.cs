using System.Globalization;
using System.Text.Json;

namespace Serverless.EndToEnd.Tests;

/// <summary>What the two jobs' tables have to hold, computed the simplest way: every record at once, in memory.</summary>
internal static class NaiveTables
{
    /// <summary>
    /// The rows of <c>consume</c>. The last event of a group is, of those that are last in their partitions, the one with the greatest
    /// timestamp, and of equal ones that of the greatest partition.
    /// </summary>
    public static string[] Consume(IEnumerable<SentRecord> records)
    {
        var amounts = new Dictionary<(string App, string Day), decimal>();
        var last = new Dictionary<(string App, string Day), Dictionary<int, (long Timestamp, Recharge Event)>>();
        foreach (var record in records)
        {
            var e = JsonSerializer.Deserialize(record.Value, EventJson.Default.Recharge)!;
            var key = (e.Appkey, e.Servertime[..10]);
            amounts[key] = amounts.GetValueOrDefault(key) + e.Consumenum;
            if (!last.TryGetValue(key, out var partitions))
                last[key] = partitions = [];
            partitions[record.Partition] = (record.Timestamp, e);
        }
        var rows = new List<string>();
        foreach (var (key, amount) in amounts.Where(a => a.Value > 0).OrderBy(a => a.Key.App, StringComparer.Ordinal).ThenBy(a => a.Key.Day, StringComparer.Ordinal))
        {
            var e = last[key].MaxBy(p => (p.Value.Timestamp, p.Key)).Value.Event;
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"{key.App} | {e.Serverid} | {e.Servertime} | {e.Roleid} | {(double)amount} | {key.Day}"));
        }
        return [.. rows];
    }

    /// <summary>The rows of <c>result_cps_total_summary_pvuv_min</c>: of each minute of a day with events, the day's counts up to it.</summary>
    public static string[] PvUv(IEnumerable<SentRecord> records)
    {
        var events = records.Select(r => JsonSerializer.Deserialize(r.Value, EventJson.Default.Track)!);
        var rows = new List<string>();
        foreach (var day in events.GroupBy(e => e.PDt).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var (views, visitors) = (0, new HashSet<string>());
            foreach (var minute in day.GroupBy(e => e.CTime[11..16]).OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                views += minute.Count();
                visitors.UnionWith(minute.Select(e => e.ClientIp));
                rows.Add(string.Create(CultureInfo.InvariantCulture, $"{day.Key} | {minute.Key} | {views} | {visitors.Count}"));
            }
        }
        return [.. rows];
    }
}
