using System.Globalization;

namespace Serverless.Local.Tests;

public sealed class MillionTests : IDisposable
{
    private const int Events = 1_000_000;

    private readonly TempFolder _folder = new();
    private readonly Random _random = new(2020);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_million_events_of_each_job_leave_the_tables_of_a_naive_computation()
    {
        var consumed = WriteConsumed(_folder["game_consume_log.jsonl"]);
        var viewed = WriteViewed(_folder["pv-uv.jsonl"]);

        var result = await Cli.RunAsync(
            "run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--embedded", "--until-idle", "--state", _folder["state"],
            "--feed", $"game_consume_log={_folder["game_consume_log.jsonl"]}", "--feed", $"pv-uv={_folder["pv-uv.jsonl"]}");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(consumed, Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(viewed, Results.Query(_folder["state"], Results.PvUv));
        Assert.Equal(["0"], Results.Query(_folder["state"], "SELECT COUNT(*) FROM dead_letters"));
    }

    private string[] WriteConsumed(string file)
    {
        var rows = new Dictionary<(string App, string Day), (string Server, string Time, string Role, long Tenths)>();
        using var writer = new StreamWriter(file);
        for (var i = 0; i < Events; i++)
        {
            var (app, tenths, role, server) = ($"appkey{_random.Next(1000)}", _random.Next(1, 2000), $"role{_random.Next(100)}", $"{_random.Next(10)}");
            var time = new DateTime(2020, 9, 29).AddSeconds(i * 0.1).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"appkey\":\"{app}\",\"servertime\":\"{time}\",\"consumenum\":{tenths / 10}.{tenths % 10},\"roleid\":\"{role}\",\"serverid\":\"{server}\"}}\n"));
            var key = (app, time[..10]);
            rows[key] = (server, time, role, rows.GetValueOrDefault(key).Tenths + tenths);
        }
        return [.. rows.OrderBy(r => r.Key.App, StringComparer.Ordinal).ThenBy(r => r.Key.Day, StringComparer.Ordinal).Select(r => string.Create(
            CultureInfo.InvariantCulture, $"{r.Key.App} | {r.Value.Server} | {r.Value.Time} | {r.Value.Role} | {r.Value.Tenths / 10.0} | {r.Key.Day}"))];
    }

    private string[] WriteViewed(string file)
    {
        var minutes = new (int Views, List<int> Addresses)[1440];
        using (var writer = new StreamWriter(file))
        {
            for (var i = 0; i < Events; i++)
            {
                // Some come late.
                var minute = Math.Max(0, (int)((long)i * 1440 / Events) - (_random.Next(10) == 0 ? _random.Next(30) : 0));
                var address = _random.Next(200_000);
                writer.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{{\"client_ip\":\"72.{address >> 16}.{(address >> 8) & 255}.{address & 255}\",\"p_dt\":\"2021-12-01\",\"c_time\":\"2021-12-01 {minute / 60:00}:{minute % 60:00}:{i % 60:00}\"}}\n"));
                minutes[minute].Views++;
                (minutes[minute].Addresses ??= []).Add(address);
            }
        }
        var (views, visitors, rows) = (0, new HashSet<int>(), new List<string>());
        for (var minute = 0; minute < minutes.Length; minute++)
        {
            if (minutes[minute].Views == 0)
                continue;
            views += minutes[minute].Views;
            visitors.UnionWith(minutes[minute].Addresses);
            rows.Add($"2021-12-01 | {minute / 60:00}:{minute % 60:00} | {views} | {visitors.Count}");
        }
        return [.. rows];
    }
}
