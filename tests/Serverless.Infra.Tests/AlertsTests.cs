using System.Text.RegularExpressions;

namespace Serverless.Infra.Tests;

/// <summary>What goes wrong is told, to those who asked to be.</summary>
public sealed partial class AlertsTests
{
    private static readonly string[] Alerts = ["Microsoft.Insights/scheduledQueryRules", "Microsoft.Insights/metricAlerts"];

    [Fact]
    public void Lag_dead_letters_failed_upserts_and_an_unhealthy_app_are_alerts() => Assert.All(Infrastructure.Deployments, d =>
    {
        var names = d.Resources.Where(r => Alerts.Contains(r.Type)).Select(r => (string)r.Json["name"]!).ToList();
        foreach (var alert in (string[])["consumer-lag", "dead-letters", "failed-upserts", "server-errors", "standstill"])
            Assert.Single(names, n => n.EndsWith(alert, StringComparison.Ordinal));
        // A health that answers nobody outside is heard of, or not, through its telemetry.
        var isPublic = d.App.Text("publicNetworkAccess") == "Enabled";
        Assert.Equal(isPublic, names.Exists(n => n.EndsWith("unhealthy", StringComparison.Ordinal)));
        Assert.True(isPublic || names.Exists(n => n.EndsWith("silence", StringComparison.Ordinal)));
    });

    [Fact]
    public void Every_alert_reaches_the_action_group() => Assert.All(Infrastructure.Deployments, d =>
    {
        var group = People(d);
        Assert.All(d.Resources.Where(r => Alerts.Contains(r.Type)), a => Assert.Contains(group.Id, a["actions"]!.ToJsonString(), StringComparison.Ordinal));
    });

    [Fact]
    public void Whoever_is_named_gets_a_mail()
    {
        Assert.Equal(2, Emails("premium"));
        Assert.Equal(1, Emails("production"));
        Assert.Equal(0, Emails("main"));

        static int Emails(string name) => People(Infrastructure.Of(name))["emailReceivers"]!.AsArray().Count;
    }

    [Fact]
    public void A_standstill_is_told_and_restarts_the_app_again_and_again() => Assert.All(Infrastructure.Deployments, d =>
    {
        var rule = d.Of("Microsoft.Insights/scheduledQueryRules").Single(r => ((string)r.Json["name"]!).EndsWith("standstill", StringComparison.Ordinal));
        var restart = d.Of("Microsoft.Insights/actionGroups").Single(g => g["logicAppReceivers"] is not null);
        Assert.Contains(restart.Id, rule["actions"]!.ToJsonString(), StringComparison.Ordinal);
        // An alert that is resolved by itself cannot be muted, and one that is not would act every five minutes.
        Assert.Equal(("false", "PT30M"), (rule.Text("autoMitigate"), rule.Text("muteActionsDuration")));
        Assert.Equal(StandstillSeconds(), (int)rule["criteria"]!["allOf"]![0]!["threshold"]!);
        // There is one app to restart, however many jobs stand still.
        Assert.Null(rule["criteria"]!["allOf"]![0]!["dimensions"]);
        var workflow = d.Of("Microsoft.Logic/workflows").Single();
        Assert.Equal(workflow.Id, (string?)restart["logicAppReceivers"]![0]!["resourceId"]);
        var action = Assert.Single(workflow["definition", "actions"]!.AsObject()).Value!["inputs"]!;
        Assert.Equal("POST", (string?)action["method"]);
        Assert.Contains($"{d.App.Id}/restart?api-version=", (string?)action["uri"], StringComparison.Ordinal);
        Assert.Equal("ManagedServiceIdentity", (string?)action["authentication"]!["type"]);
    });

    // The app's own time, as it stands in the code.
    private static int StandstillSeconds() =>
        60 * int.Parse(Minutes().Match(File.ReadAllText(Path.Combine(Repository.Root, "functions", "Serverless.Durable", "DurableTimes.cs"))).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static Resource People(Deployment deployment) => deployment.Of("Microsoft.Insights/actionGroups").Single(g => g["emailReceivers"] is not null);

    [Fact]
    public void Queries_ask_for_instruments_that_the_app_has()
    {
        string[] rooms = ["Serverless.App", "Serverless.Connectors"];
        var files = rooms.SelectMany(r => Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions", r), "*.cs", SearchOption.AllDirectories));
        var instruments = files.SelectMany(f => Instrument().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).ToHashSet();
        var asked = Infrastructure.Deployments.SelectMany(d => d.Of("Microsoft.Insights/scheduledQueryRules")).SelectMany(r => Asked().Matches(r["criteria"]!["allOf"]![0]!["query"]!.ToString())).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Equal(4, asked.Count);
        Assert.Subset(instruments, asked);
    }

    [GeneratedRegex("Create\\w+(?:<[^>]+>)?\\(\\s*\"(serverless\\.[^\"]+)\"")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"StandstillAfter .*FromMinutes\((\d+)\)")]
    private static partial Regex Minutes();

    [GeneratedRegex("Name == \"([^\"]+)\"")]
    private static partial Regex Asked();
}
