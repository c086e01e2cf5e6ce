using System.Text.Json.Nodes;

namespace Serverless.Infra.Tests;

/// <summary>A secret is a secure parameter on its way into the vault or to a server, and a reference everywhere else.</summary>
public sealed class SecretsTests
{
    [Fact]
    public void No_value_of_a_secret_is_in_what_is_deployed() =>
        Assert.All(Infrastructure.Deployments, d => Assert.All(Infrastructure.Secrets.Values, v => Assert.DoesNotContain(v, d.Text, StringComparison.Ordinal)));

    [Fact]
    public void The_app_has_each_secret_as_a_reference_to_the_vault() =>
        Assert.All(Infrastructure.Deployments, d => Assert.All(Infrastructure.Secrets.Keys.Intersect(d.Placeholders), name =>
        {
            var vault = (string)d.Of("Microsoft.KeyVault/vaults").Single().Json["name"]!;
            Assert.Equal($"@Microsoft.KeyVault(VaultName={vault};SecretName={name.Replace('_', '-')})", d.Settings[name]);
            Assert.Contains(d.Of("Microsoft.KeyVault/vaults/secrets"), s => s.Id.EndsWith($"/secrets/{name.Replace('_', '-')}", StringComparison.Ordinal));
        }));

    [Fact]
    public void No_other_setting_is_named_like_a_secret() =>
        Assert.All(Infrastructure.Deployments, d => Assert.All(
            d.Settings.Where(s => !s.Value.Contains("@Microsoft.KeyVault(", StringComparison.Ordinal)),
            s => Assert.DoesNotMatch("(?i)password|secret|accesskey|accountkey|token|sharedaccess", s.Key + s.Value)));

    [Fact]
    public void Outputs_are_neither_secret_nor_keys()
    {
        Assert.All(Outputs(Infrastructure.Template), o => Assert.DoesNotContain("secure", (string?)o.Type ?? "", StringComparison.OrdinalIgnoreCase));
        Assert.All(Outputs(Infrastructure.Template), o => Assert.DoesNotMatch(@"(?i)\blist\w*\(|parameters\('(secrets|password|login)'\)", o.Value.ToJsonString()));
    }

    [Fact]
    public void Nothing_asks_for_a_key() => Assert.DoesNotMatch(@"(?i)\blist(Keys|AccountSas|ServiceSas|Secrets|Credentials)?\(", Infrastructure.Template.ToJsonString());

    [Fact]
    public void Parameters_that_carry_secrets_are_secure()
    {
        var parameters = Nodes(Infrastructure.Template).OfType<JsonObject>()
            .SelectMany(o => o["parameters"] is JsonObject p && o["resources"] is not null ? p.AsEnumerable() : [])
            .Where(p => p.Key is "secrets" or "password" or "login").ToList();
        Assert.NotEmpty(parameters);
        Assert.All(parameters, p => Assert.True(
            (string?)p.Value!["type"] is "securestring" or "secureObject" or "secureString" || (string?)p.Value["$ref"] is { } reference && IsSecure(reference),
            p.Key));
    }

    [Fact]
    public void A_secret_without_a_value_leaves_the_vault_as_it_is() =>
        Assert.All(Infrastructure.Of("main").Of("Microsoft.KeyVault/vaults/secrets"), s => Assert.Contains("empty(", (string)s.Json["condition"]!, StringComparison.Ordinal));

    private static bool IsSecure(string reference) =>
        Nodes(Infrastructure.Template).OfType<JsonObject>()
            .Select(o => o["definitions"]?[reference.Split('/')[^1]]).First(d => d is not null) is { } definition
        && ((string)definition["type"]!).StartsWith("secure", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Type, JsonNode Value)> Outputs(JsonNode template) =>
        Nodes(template).OfType<JsonObject>().Where(o => o["outputs"] is JsonObject && o["resources"] is not null)
            .SelectMany(o => o["outputs"]!.AsObject().Select(p => ((string?)p.Value!["type"] ?? "", p.Value["value"]!)));

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject o => [o, .. o.Where(p => p.Value is not null).SelectMany(p => Nodes(p.Value!))],
        JsonArray a => a.Where(n => n is not null).SelectMany(n => Nodes(n!)),
        _ => [],
    };
}
