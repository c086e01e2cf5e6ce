using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Serverless.Local.Tests;

/// <summary>Reads results files.</summary>
internal static class Results
{
    public const string Consume = "SELECT appkey, serverid, servertime, roleid, amount, dt FROM consume ORDER BY appkey, dt";
    public const string PvUv = "SELECT summary_date, summary_min, pv, uv FROM result_cps_total_summary_pvuv_min ORDER BY summary_date, summary_min";

    public static readonly string[] ArticleConsume =
        ["appkey1 | 1 | 2020-09-30 14:30:36 | roleid1 | 139.4 | 2020-09-30", "appkey2 | 2 | 2020-09-30 14:20:36 | roleid2 | 64.6 | 2020-09-30"];

    public static readonly string[] ArticlePvUv = ["2021-12-01 | 19:11 | 1 | 1", "2021-12-01 | 19:12 | 2 | 2", "2021-12-01 | 19:13 | 3 | 3"];

    public static string[] Query(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "results.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
            lines.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return [.. lines];
    }
}
