namespace Serverless.Infra.Tests;

/// <summary>The app's identity may do what it needs to, on the resource where it needs to.</summary>
public sealed class RolesTests
{
    // The roles, and the type of resource that each is given on.
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Microsoft.Storage/storageAccounts", // Storage Blob Data Owner
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Microsoft.Storage/storageAccounts", // Storage Queue Data Contributor
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Microsoft.Storage/storageAccounts", // Storage Table Data Contributor
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Microsoft.KeyVault/vaults", // Key Vault Secrets User
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Microsoft.Insights/components", // Monitoring Metrics Publisher
        ["de139f84-1756-47ae-9be6-808fbbe84772"] = "Microsoft.Web/sites", // Website Contributor, of what restarts the app
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "Microsoft.DurableTask/schedulers", // Durable Task Data Contributor
    };

    [Fact]
    public void No_role_is_given_but_these_and_each_on_one_resource() => Assert.All(Infrastructure.Deployments, d =>
        Assert.All(d.Of("Microsoft.Authorization/roleAssignments"), a =>
        {
            var role = a.Text("roleDefinitionId")!.Split('/')[^1];
            Assert.True(Allowed.TryGetValue(role, out var type), role);
            Assert.Contains($"/providers/{type}/", a.Id, StringComparison.Ordinal);
            Assert.Equal("ServicePrincipal", a.Text("principalType"));
            var of = type == "Microsoft.Web/sites" ? d.Of("Microsoft.Logic/workflows") : d.Of("Microsoft.ManagedIdentity/userAssignedIdentities");
            Assert.Contains(of.Single().Id, a.Text("principalId"), StringComparison.Ordinal);
        }));

    [Fact]
    public void Each_role_is_given_once() => Assert.All(Infrastructure.Deployments, d =>
    {
        var roles = d.Of("Microsoft.Authorization/roleAssignments").Select(a => a.Text("roleDefinitionId")!.Split('/')[^1]).ToList();
        Assert.Equal(d.Of("Microsoft.DurableTask/schedulers").Any() ? 7 : 6, roles.Count);
        Assert.Equal(roles.Count, roles.Distinct().Count());
    });

    [Fact]
    public void There_is_one_identity() => Assert.All(Infrastructure.Deployments, d => Assert.Single(d.Of("Microsoft.ManagedIdentity/userAssignedIdentities")));
}
