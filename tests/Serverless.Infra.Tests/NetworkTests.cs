namespace Serverless.Infra.Tests;

/// <summary>With a network, nothing that holds data answers from outside it.</summary>
public sealed class NetworkTests
{
    // The services of each type that a private endpoint leads to.
    private static readonly Dictionary<string, string[]> Services = new()
    {
        ["Microsoft.Storage/storageAccounts"] = ["blob", "queue", "table"],
        ["Microsoft.KeyVault/vaults"] = ["vault"],
        ["Microsoft.DurableTask/schedulers"] = ["scheduler"],
        ["Microsoft.DBforPostgreSQL/flexibleServers"] = ["postgresqlServer"],
        ["Microsoft.DBforMySQL/flexibleServers"] = ["mysqlServer"],
    };

    [Fact]
    public void The_production_set_up_has_one() => Assert.True(Infrastructure.Of("production").IsPrivate);

    [Fact]
    public void What_holds_data_is_open_only_without_a_network() => Assert.All(Infrastructure.Deployments, d =>
        Assert.All(d.Resources.Where(r => Services.ContainsKey(r.Type)), r =>
        {
            Assert.Equal(d.IsPrivate ? "Disabled" : "Enabled", r.Text("publicNetworkAccess") ?? r.Text("network", "publicNetworkAccess"));
            if (r["networkAcls"] is { } rules)
                Assert.Equal(d.IsPrivate ? "Deny" : "Allow", (string?)rules["defaultAction"]);
        }));

    [Fact]
    public void Every_service_in_a_network_has_its_endpoint_and_its_zone() => Assert.All(Infrastructure.Deployments, d =>
    {
        var wanted = d.IsPrivate ? d.Resources.SelectMany(r => Services.GetValueOrDefault(r.Type, [])).ToList() : [];
        if (d.App.Text("publicNetworkAccess") == "Disabled")
            wanted.Add("sites");
        var endpoints = d.Of("Microsoft.Network/privateEndpoints").Select(e => (string)e["privateLinkServiceConnections"]![0]!["properties"]!["groupIds"]![0]!);
        Assert.Equal(wanted.Order(), endpoints.Order());
        foreach (var type in (string[])["Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"])
            Assert.Equal(wanted.Count, d.Of(type).Count());
    });

    [Fact]
    public void The_app_leaves_by_one_known_address() => Assert.All(Infrastructure.Deployments.Where(d => d.IsPrivate), d =>
    {
        Assert.Equal("true", d.App.Text("outboundVnetRouting", "allTraffic"));
        var subnet = d.Of("Microsoft.Network/virtualNetworks").Single()["subnets"]!.AsArray().Single(s => (string)s!["name"]! == "app")!["properties"]!;
        Assert.NotNull(subnet["natGateway"]);
        Assert.NotNull(subnet["networkSecurityGroup"]);
        Assert.Equal(d.IsPremium ? "Microsoft.Web/serverFarms" : "Microsoft.App/environments", (string?)subnet["delegations"]![0]!["properties"]!["serviceName"]);
    });
}
