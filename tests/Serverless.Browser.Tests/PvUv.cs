using System.Globalization;

namespace Serverless.Browser.Tests;

/// <summary>The job that counts page views and visitors of a day, minute by minute.</summary>
internal static class PvUv
{
    /// <summary>The topic that it reads.</summary>
    public const string Topic = "pv-uv";

    /// <summary>Runs it.</summary>
    /// <param name="lines">Events to begin with.</param>
    public static async Task<DashboardProcess> RunAsync(params string[] lines) =>
        await DashboardProcess.ScriptAsync("pvuv", await File.ReadAllTextAsync(Repository.Job("pvuv.sql"), TestContext.Current.CancellationToken), Topic, lines);

    /// <summary>Somebody opens a page.</summary>
    public static string View(int visitor, string time) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"account_id":"id{{visitor}}","client_ip":"72.11.1.{{visitor}}","client_info":"mi10","p_dt":"{{time[..10]}}","c_time":"{{time}}"}""");
}
