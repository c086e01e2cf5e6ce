namespace Serverless.Browser.Tests;

/// <summary>The job of docs/getting-started.md: what shops sell, by day.</summary>
internal static class Orders
{
    /// <summary>What <see cref="RunOnAllAddressesAsync"/> wants from who asks for data.</summary>
    public const string Token = "a-token-for-these-tests-alone";

    private static string Script => File.ReadAllText(Path.Combine(Repository.Root, "docs", "orders", "orders.sql"));

    private static string[] Events => File.ReadAllLines(Path.Combine(Repository.Root, "docs", "orders", "orders.jsonl"));

    /// <summary>Runs it, and serves the dashboard on all addresses of the machine.</summary>
    public static Task<DashboardProcess> RunOnAllAddressesAsync() => DashboardProcess.ScriptAsync(
        "orders", Script, "orders", Events, "0.0.0.0:0", [new("SERVERLESS_DASHBOARD_TOKEN", Token)]);

    /// <summary>Runs it.</summary>
    /// <param name="lines">Events, a line each; the page's if there are none.</param>
    public static async Task<DashboardProcess> RunAsync(params string[] lines) =>
        await DashboardProcess.ScriptAsync("orders", Script, "orders", lines is [] ? Events : lines);
}
