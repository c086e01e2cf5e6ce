namespace Serverless.Infra.Tests;

/// <summary>Whatever has logs or metrics sends them to the workspace.</summary>
public sealed class DiagnosticsTests
{
    private static readonly string[] Have =
    [
        "Microsoft.DBforMySQL/flexibleServers",
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "Microsoft.DurableTask/schedulers",
        "Microsoft.KeyVault/vaults",
        "Microsoft.Logic/workflows",
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Network/publicIPAddresses",
        "Microsoft.Network/virtualNetworks",
        "Microsoft.OperationalInsights/workspaces",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/tableServices",
        "Microsoft.Web/serverfarms",
        "Microsoft.Web/sites",
    ];

    // Parts of others, rules and names; and Application Insights, whose tables are the workspace's.
    private static readonly string[] HaveNot =
    [
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.DBforMySQL/flexibleServers/configurations",
        "Microsoft.DBforMySQL/flexibleServers/databases",
        "Microsoft.DBforMySQL/flexibleServers/firewallRules",
        "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
        "Microsoft.DBforPostgreSQL/flexibleServers/databases",
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
        "Microsoft.DurableTask/schedulers/taskHubs",
        "Microsoft.Insights/actionGroups",
        "Microsoft.Insights/components",
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Insights/metricAlerts",
        "Microsoft.Insights/scheduledQueryRules",
        "Microsoft.Insights/webtests",
        "Microsoft.KeyVault/vaults/secrets",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.Network/natGateways",
        "Microsoft.Network/privateDnsZones",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
    ];

    [Fact]
    public void Each_resource_that_can_has_a_setting_that_leads_to_the_workspace() => Assert.All(Infrastructure.Deployments, d =>
    {
        var settings = d.Of("Microsoft.Insights/diagnosticSettings").ToList();
        Assert.All(settings, s => Assert.NotNull(s["workspaceId"]));
        // A Flex Consumption plan has nothing to say, only its app has.
        Assert.All(
            d.Resources.Where(r => Have.Contains(r.Type) && (r.Type != "Microsoft.Web/serverfarms" || d.IsPremium)),
            r => Assert.Single(settings, s => s.Id.StartsWith($"{r.Id}/providers/Microsoft.Insights/", StringComparison.Ordinal)));
    });

    [Fact]
    public void Of_each_type_it_is_known_whether_it_has_any() => Assert.All(Infrastructure.Deployments.SelectMany(d => d.Resources), r => Assert.Contains(r.Type, Have.Concat(HaveNot)));

    [Fact]
    public void Each_setting_sends_something() =>
        Assert.All(Infrastructure.Deployments.SelectMany(d => d.Of("Microsoft.Insights/diagnosticSettings")), s => Assert.True(s["logs"] is not null || s["metrics"] is not null, s.Id));
}
