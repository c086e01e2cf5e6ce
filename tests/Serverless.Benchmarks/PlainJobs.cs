using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Engine.Ingest;

namespace Serverless.Benchmarks;

/// <summary>The recharge job as most would write it: the serializer, a dictionary, decimals.</summary>
internal sealed class PlainRecharge : IHandWritten
{
    private readonly Dictionary<(string App, string Day), Total> _totals = [];
    private readonly Dictionary<(string App, string Day), object?[]> _rows = [];

    public int Rows => _rows.Count;

    public void Process(Record[] batch)
    {
        var touched = new HashSet<(string, string)>();
        foreach (var record in batch)
        {
            var e = JsonSerializer.Deserialize(record.Value, PlainJson.Default.RechargeEvent)!;
            var key = (e.Appkey!, e.Servertime![..10]);
            if (!_totals.TryGetValue(key, out var total))
                _totals.Add(key, total = new Total());
            total.Amount += e.Consumenum;
            (total.Serverid, total.Servertime, total.Roleid) = (e.Serverid, e.Servertime, e.Roleid);
            touched.Add(key);
        }

        foreach (var key in touched)
        {
            var total = _totals[key];
            // A row without anything to pay is kept as a delete, as the engine keeps it.
            _rows[key] = total.Amount > 0 ? [key.Item1, total.Serverid, total.Servertime, total.Roleid, (double)total.Amount, key.Item2] : [];
        }
    }

    private sealed class Total
    {
        public decimal Amount { get; set; }

        public string? Serverid { get; set; }

        public string? Servertime { get; set; }

        public string? Roleid { get; set; }
    }
}

/// <summary>The pvuv job as most would write it; per minute the counts of the day up to it.</summary>
internal sealed class PlainPvUv : IHandWritten
{
    private readonly Dictionary<string, Day> _days = [];
    private readonly Dictionary<(string Day, string Minute), object?[]> _rows = [];

    public int Rows => _rows.Count;

    public void Process(Record[] batch)
    {
        var touched = new Dictionary<string, DateTime>();
        foreach (var record in batch)
        {
            var e = JsonSerializer.Deserialize(record.Value, PlainJson.Default.TrackEvent)!;
            var time = DateTime.ParseExact(e.CTime!, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var minute = time.AddSeconds(-time.Second);
            if (!_days.TryGetValue(e.PDt!, out var day))
                _days.Add(e.PDt!, day = new Day());
            day.Add(minute, e.ClientIp!);
            touched[e.PDt!] = touched.TryGetValue(e.PDt!, out var earliest) && earliest < minute ? earliest : minute;
        }

        foreach (var (key, earliest) in touched)
        {
            var (pv, uv) = (0L, 0L);
            foreach (var (minute, counts) in _days[key].Minutes)
            {
                pv += counts.Pv;
                uv += counts.Uv;
                if (minute >= earliest)
                    _rows[(key, minute.ToString("HH:mm", CultureInfo.InvariantCulture))] = [key, minute, pv, uv, DateTimeOffset.UnixEpoch];
            }
        }
    }
}

/// <summary>A day's minutes, and its visitors with the minute each is first seen in.</summary>
internal sealed class Day
{
    private readonly Dictionary<string, DateTime> _first = [];

    public SortedDictionary<DateTime, (long Pv, long Uv)> Minutes { get; } = [];

    public void Add(DateTime minute, string visitor)
    {
        var counts = Minutes.GetValueOrDefault(minute);
        counts.Pv++;
        if (!_first.TryGetValue(visitor, out var first) || minute < first)
        {
            if (first != default)
                Minutes[first] = (Minutes[first].Pv, Minutes[first].Uv - 1);
            _first[visitor] = minute;
            counts.Uv++;
        }

        Minutes[minute] = counts;
    }
}

internal sealed record RechargeEvent(string? Appkey, string? Servertime, decimal Consumenum, string? Roleid, string? Serverid);

internal sealed record TrackEvent(
    [property: JsonPropertyName("client_ip")] string? ClientIp,
    [property: JsonPropertyName("p_dt")] string? PDt,
    [property: JsonPropertyName("c_time")] string? CTime);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RechargeEvent))]
[JsonSerializable(typeof(TrackEvent))]
internal sealed partial class PlainJson : JsonSerializerContext;
