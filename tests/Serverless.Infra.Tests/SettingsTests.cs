using System.Text.Json;
using System.Text.RegularExpressions;

namespace Serverless.Infra.Tests;

/// <summary>The app gets every setting that the jobs and the app need.</summary>
public sealed partial class SettingsTests
{
    [Fact]
    public void The_settings_are_those_of_the_scripts_and_the_platforms_own() =>
        Assert.All(Infrastructure.Deployments, d =>
        {
            Assert.NotEmpty(d.Placeholders);
            Assert.Equal(d.Placeholders.Order(), d.Settings.Keys.Where(k => !IsOfThePlatform(k)).Order());
        });

    [Fact]
    public void Nothing_is_asked_for_that_the_scripts_do_not_name() =>
        Assert.All(Infrastructure.ParameterFiles, f =>
        {
            var asked = Variable().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value).Except(["ALERT_EMAILS"]);
            Assert.Subset(Infrastructure.Of(Path.GetFileNameWithoutExtension(f)).Placeholders.ToHashSet(), asked.ToHashSet());
        });

    [Fact]
    public void No_parameter_has_a_default_that_names_our_jobs() =>
        Assert.All(
            Infrastructure.Template["parameters"]!.AsObject().Where(p => p.Value!["defaultValue"] is not null),
            p => Assert.DoesNotMatch("KAFKA_|HOLOGRES|RDS_|pvuv|recharge", p.Value!["defaultValue"]!.ToJsonString()));

    [Fact]
    public void A_database_server_gives_the_settings_that_scripts_know_it_by_their_values()
    {
        var deployment = Infrastructure.Of("shops-server");
        Assert.Equal("shops", deployment.Settings["POSTGRES_DATABASE"]);
        Assert.Contains("fullyQualifiedDomainName", deployment.Settings["POSTGRES_HOST"], StringComparison.Ordinal);
        Assert.Contains("VaultName=", deployment.Settings["POSTGRES_USERNAME"], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_of_the_local_sample_has_one_in_the_cloud()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json")));
        foreach (var deployment in Infrastructure.Deployments.Where(d => d.Scripts.Count() == 2))
        {
            var settings = deployment.Settings;
            foreach (var name in json.RootElement.GetProperty("Values").EnumerateObject().Select(v => v.Name))
                Assert.True(
                    name switch
                    {
                        // By identity, and not by a connection string.
                        "AzureWebJobsStorage" => settings.ContainsKey("AzureWebJobsStorage__blobServiceUri"),
                        // Flex Consumption has it in functionAppConfig, and refuses the setting.
                        "FUNCTIONS_WORKER_RUNTIME" => settings.ContainsKey(name) == deployment.IsPremium,
                        // Locally there is no Application Insights to send traces to, and the host warns of that at each start.
                        "AzureFunctionsJobHost__extensions__durableTask__tracing__distributedTracingEnabled" => settings.ContainsKey("APPLICATIONINSIGHTS_CONNECTION_STRING"),
                        _ => settings.ContainsKey(name),
                    },
                    $"{deployment}: {name}");
        }
    }

    [Fact]
    public void The_host_and_the_worker_reach_storage_and_telemetry_by_identity() =>
        Assert.All(Infrastructure.Deployments, d =>
        {
            var settings = d.Settings;
            Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
            Assert.Contains("clientId", settings["AzureWebJobsStorage__clientId"], StringComparison.Ordinal);
            Assert.Contains("ClientId={0};Authorization=AAD", settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
            Assert.DoesNotContain("AzureWebJobsStorage", settings.Keys);
        });

    [Fact]
    public void Storage_is_known_by_the_addresses_of_its_services_as_clouds_call_them_differently() =>
        Assert.All(Infrastructure.Deployments, d =>
        {
            Assert.DoesNotContain("AzureWebJobsStorage__accountName", d.Settings.Keys);
            foreach (var service in (string[])["blob", "queue", "table"])
                Assert.Contains($"primaryEndpoints.{service}", d.Settings[$"AzureWebJobsStorage__{service}ServiceUri"], StringComparison.Ordinal);
        });

    [Fact]
    public void Only_one_file_says_what_a_cloud_calls_things() =>
        Assert.All(
            Infrastructure.Files.Where(f => Path.GetFileName(f) != "clouds.bicep"),
            f => Assert.DoesNotMatch(@"azurewebsites\.net|database\.azure\.com|core\.windows\.net|management\.azure\.com/(?!providers/Microsoft\.Logic/schemas)|vault\.azure\.net", File.ReadAllText(f).Replace("schema.management.azure.com", "", StringComparison.Ordinal)));

    [Fact]
    public void It_runs_isolated_on_dotnet_10() =>
        Assert.All(Infrastructure.Deployments, d =>
        {
            if (d.IsPremium)
            {
                Assert.Equal("DOTNET-ISOLATED|10.0", d.App.Text("siteConfig", "linuxFxVersion"));
                Assert.Equal("dotnet-isolated", d.Settings["FUNCTIONS_WORKER_RUNTIME"]);
                Assert.EndsWith("packages/app.zip", Packages(d.Settings["WEBSITE_RUN_FROM_PACKAGE"]), StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal("dotnet-isolated", d.App.Text("functionAppConfig", "runtime", "name"));
                Assert.Equal("10.0", d.App.Text("functionAppConfig", "runtime", "version"));
                Assert.Equal("UserAssignedIdentity", d.App.Text("functionAppConfig", "deployment", "storage", "authentication", "type"));
                Assert.DoesNotContain(d.Settings.Keys, k => k.StartsWith("WEBSITE_", StringComparison.Ordinal) || k.StartsWith("FUNCTIONS_", StringComparison.Ordinal));
            }
        });

    [Fact]
    public void A_scheduler_is_what_the_host_takes_for_its_hub() =>
        Assert.All(Infrastructure.Deployments, d =>
        {
            const string Type = "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type";
            Assert.Equal(d.Of("Microsoft.DurableTask/schedulers").Any(), d.Settings.GetValueOrDefault(Type) == "azureManaged");
            if (d.Settings.TryGetValue("DURABLE_TASK_SCHEDULER_CONNECTION_STRING", out var connection))
                Assert.NotEmpty(connection);
            Assert.Equal(d.Settings.ContainsKey(Type), d.Settings.ContainsKey("DURABLE_TASK_SCHEDULER_CONNECTION_STRING"));
        });

    private static bool IsOfThePlatform(string name) =>
        name.Contains("__", StringComparison.Ordinal) || name.Split('_')[0] is "APPLICATIONINSIGHTS" or "DURABLE" or "FUNCTIONS" or "WEBSITE";

    // An expression names the module's output, which ends so.
    private static string Packages(string setting) => setting.Replace("[format('{0}/app.zip', ", "packages/app.zip", StringComparison.Ordinal)[..16];

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'")]
    private static partial Regex Variable();
}
