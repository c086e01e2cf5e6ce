using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Serverless.Engine.Ingest;

namespace Serverless.Benchmarks;

/// <summary>The recharge job by hand, tuned: a reader instead of the serializer, amounts as whole hundredths, one look-up an event.</summary>
internal sealed class TunedRecharge : IHandWritten
{
    private readonly Dictionary<(string App, string Day), Total> _totals = [];
    private readonly Dictionary<(string App, string Day), object?[]> _rows = [];

    public int Rows => _rows.Count;

    public void Process(Record[] batch)
    {
        var touched = new HashSet<Total>();
        foreach (var record in batch)
        {
            string? app = null, time = null, role = null, server = null;
            var hundredths = 0L;
            var reader = new Utf8JsonReader(record.Value);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("appkey"u8))
                    app = Text(ref reader);
                else if (reader.ValueTextEquals("servertime"u8))
                    time = Text(ref reader);
                else if (reader.ValueTextEquals("consumenum"u8))
                {
                    reader.Read();
                    if (Utf8Parser.TryParse(reader.ValueSpan, out decimal amount, out _))
                        hundredths = (long)(amount * 100);
                }
                else if (reader.ValueTextEquals("roleid"u8))
                    role = Text(ref reader);
                else if (reader.ValueTextEquals("serverid"u8))
                    server = Text(ref reader);
                else
                    reader.Skip();
            }

            ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, (app!, time![..10]), out _);
            total ??= new Total { Key = (app!, time[..10]) };
            total.Hundredths += hundredths;
            (total.Serverid, total.Servertime, total.Roleid) = (server, time, role);
            touched.Add(total);
        }

        foreach (var total in touched)
            _rows[total.Key] = total.Hundredths > 0 ? [total.Key.App, total.Serverid, total.Servertime, total.Roleid, total.Hundredths / 100.0, total.Key.Day] : [];
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private sealed class Total
    {
        public (string App, string Day) Key { get; init; }

        public long Hundredths { get; set; }

        public string? Serverid { get; set; }

        public string? Servertime { get; set; }

        public string? Roleid { get; set; }
    }
}

/// <summary>The pvuv job by hand, tuned: a reader, the minute parsed from bytes, the day found by the last event's.</summary>
internal sealed class TunedPvUv : IHandWritten
{
    private readonly Dictionary<string, Day> _days = [];
    private readonly Dictionary<(string Day, string Minute), object?[]> _rows = [];
    private byte[] _lastDay = [];
    private string _lastKey = "";

    public int Rows => _rows.Count;

    public void Process(Record[] batch)
    {
        var touched = new Dictionary<string, DateTime>();
        foreach (var record in batch)
        {
            string? address = null;
            var minute = default(DateTime);
            var reader = new Utf8JsonReader(record.Value);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("client_ip"u8))
                {
                    reader.Read();
                    address = reader.GetString();
                }
                else if (reader.ValueTextEquals("p_dt"u8))
                {
                    reader.Read();
                    if (!reader.ValueSpan.SequenceEqual(_lastDay))
                    {
                        _lastDay = reader.ValueSpan.ToArray();
                        _lastKey = Encoding.UTF8.GetString(_lastDay);
                    }
                }
                else if (reader.ValueTextEquals("c_time"u8))
                {
                    reader.Read();
                    var s = reader.ValueSpan;
                    minute = new DateTime(Digits(s[..4]), Digits(s[5..7]), Digits(s[8..10]), Digits(s[11..13]), Digits(s[14..16]), 0);
                }
                else
                {
                    reader.Skip();
                }
            }

            ref var day = ref CollectionsMarshal.GetValueRefOrAddDefault(_days, _lastKey, out _);
            day ??= new Day();
            day.Add(minute, address!);
            ref var earliest = ref CollectionsMarshal.GetValueRefOrAddDefault(touched, _lastKey, out var known);
            if (!known || minute < earliest)
                earliest = minute;
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

    private static int Digits(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value * 10) + digit - '0';
        return value;
    }
}
