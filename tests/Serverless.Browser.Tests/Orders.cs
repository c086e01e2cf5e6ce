namespace Serverless.Browser.Tests;

/// <summary>The job that README.md makes: what shops sell, by day.</summary>
internal static class Orders
{
    /// <summary>What <see cref="RunOnAllAddressesAsync"/> wants from who asks for data.</summary>
    public const string Token = "a-token-for-these-tests-alone";

    /// <summary>Runs it, and serves the dashboard on all addresses of the machine.</summary>
    public static Task<DashboardProcess> RunOnAllAddressesAsync() => DashboardProcess.ScriptAsync(
        "orders", Readme.File("orders.sql"), "orders", Readme.File("orders.jsonl").Split('\n'), "0.0.0.0:0", [new("SERVERLESS_DASHBOARD_TOKEN", Token)]);

    /// <summary>Runs it.</summary>
    /// <param name="lines">Events, a line each; README.md's where there are none.</param>
    public static async Task<DashboardProcess> RunAsync(params string[] lines) =>
        await DashboardProcess.ScriptAsync("orders", Readme.File("orders.sql"), "orders", lines is [] ? Readme.File("orders.jsonl").Split('\n') : lines);
}
