namespace Serverless.Infra.Tests;

/// <summary>What every resource must refuse.</summary>
public sealed class GuardTests
{
    [Fact]
    public void Storage_takes_no_key_no_public_reader_and_no_old_tls() => Each("Microsoft.Storage/storageAccounts", s =>
    {
        Assert.Equal("false", s.Text("allowSharedKeyAccess"));
        Assert.Equal("false", s.Text("allowBlobPublicAccess"));
        Assert.Equal("true", s.Text("supportsHttpsTrafficOnly"));
        Assert.Equal("TLS1_2", s.Text("minimumTlsVersion"));
    });

    [Fact]
    public void A_container_that_was_deleted_can_be_had_back() => Each("Microsoft.Storage/storageAccounts/blobServices", b =>
    {
        Assert.Equal("true", b.Text("containerDeleteRetentionPolicy", "enabled"));
        Assert.Equal("14", b.Text("containerDeleteRetentionPolicy", "days"));
    });

    [Fact]
    public void Containers_are_open_to_nobody() => Each("Microsoft.Storage/storageAccounts/blobServices/containers", c => Assert.Null(c.Text("publicAccess")));

    [Fact]
    public void The_app_speaks_https_alone_and_is_published_to_by_identity()
    {
        Each("Microsoft.Web/sites", s =>
        {
            Assert.Equal("true", s.Text("httpsOnly"));
            Assert.Equal("Disabled", s.Text("siteConfig", "ftpsState"));
            Assert.Equal("1.2", s.Text("siteConfig", "minTlsVersion"));
            Assert.Equal("1.2", s.Text("siteConfig", "scmMinTlsVersion"));
            Assert.Equal("UserAssigned", (string?)s.Json["identity"]!["type"]);
        });
        Each("Microsoft.Web/sites/basicPublishingCredentialsPolicies", p => Assert.Equal("false", p.Text("allow")));
        Assert.All(Infrastructure.Deployments, d => Assert.Equal(2, d.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count()));
    }

    [Fact]
    public void The_vault_knows_roles_alone_and_loses_nothing() => Each("Microsoft.KeyVault/vaults", v =>
    {
        Assert.Equal("true", v.Text("enableRbacAuthorization"));
        Assert.Equal("true", v.Text("enablePurgeProtection"));
        Assert.Equal("true", v.Text("enableSoftDelete"));
        Assert.Equal("90", v.Text("softDeleteRetentionInDays"));
        Assert.Null(v["accessPolicies"]);
    });

    [Fact]
    public void Databases_want_tls_12_or_later() => Assert.All(Infrastructure.Deployments, d =>
    {
        var configurations = d.Resources.Where(r => r.Type.EndsWith("/configurations", StringComparison.Ordinal)).ToLookup(r => r.Id.Split('/')[^1], r => r.Text("value"));
        var servers = d.Resources.Count(r => r.Type.EndsWith("/flexibleServers", StringComparison.Ordinal));
        Assert.Equal(servers, configurations["require_secure_transport"].Count(v => v!.Equals("on", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(servers, configurations["ssl_min_protocol_version"].Count(v => v == "TLSv1.2") + configurations["tls_version"].Count(v => v == "TLSv1.2,TLSv1.3"));
    });

    [Fact]
    public void Telemetry_comes_from_identities() => Each("Microsoft.Insights/components", c => Assert.Equal("true", c.Text("DisableLocalAuth")));

    private static void Each(string type, Action<Resource> check)
    {
        var resources = Infrastructure.Deployments.SelectMany(d => d.Of(type)).ToList();
        Assert.NotEmpty(resources);
        Assert.All(resources, check);
    }
}
