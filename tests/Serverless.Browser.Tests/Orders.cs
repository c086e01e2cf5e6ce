namespace Serverless.Browser.Tests;

/// <summary>The job that README.md makes: what shops sell, by day.</summary>
internal static class Orders
{
    /// <summary>Runs it.</summary>
    /// <param name="lines">Events, a line each; README.md's where there are none.</param>
    public static async Task<DashboardProcess> RunAsync(params string[] lines) =>
        await DashboardProcess.ScriptAsync("orders", Readme.File("orders.sql"), "orders", lines is [] ? Readme.File("orders.jsonl").Split('\n') : lines);
}
