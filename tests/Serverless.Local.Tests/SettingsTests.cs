using System.Text.Json;

namespace Serverless.Local.Tests;

public sealed class SettingsTests
{
    private static readonly string[] Jobs = [Repository.Job("recharge.sql"), Repository.Job("pvuv.sql")];

    [Fact]
    public async Task Each_setting_is_named_once_with_what_it_is_for()
    {
        var result = await Cli.RunAsync(["settings", .. Jobs]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            """
            KAFKA_BROKERS                    kafka_game_consume_source: properties.bootstrap.servers, source_ods_fact_log_track_action: properties.bootstrap.servers
            """, result.Lines[0]);
        Assert.Contains("HOLOGRES_PASSWORD        secret  consume: password", result.Lines);
        Assert.Equal(result.Lines.Distinct(), result.Lines);
    }

    [Fact]
    public async Task For_local_settings_they_are_those_of_our_sample()
    {
        var printed = ValuesOf((await Cli.RunAsync(["settings", "--for", "local", .. Jobs])).Output);
        var sample = ValuesOf(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "local.settings.sample.json"), TestContext.Current.CancellationToken));
        Assert.Equal(sample.Keys.Order(), printed.Keys.Order());
        Assert.All(printed.Where(p => p.Key.Split('_')[0] is "KAFKA" or "HOLOGRES" or "RDS"), p => Assert.Equal("", p.Value));
    }

    [Fact]
    public async Task For_Bicep_they_are_parameters_of_our_template_secrets_apart()
    {
        var result = await Cli.RunAsync(["settings", "--for", "bicep", .. Jobs]);
        Assert.Contains("param kafkaFunctions = ['ingest-recharge', 'ingest-pvuv']", result.Lines);
        Assert.Contains("  KAFKA_BROKERS: readEnvironmentVariable('KAFKA_BROKERS')", result.Lines);
        Assert.Contains("  'KAFKA_PASSWORD'", result.Lines);
    }

    [Theory]
    [InlineData("infra/main.bicepparam", "functions/jobs")]
    [InlineData("infra/production.bicepparam", "functions/jobs")]
    [InlineData("tests/Serverless.Infra.Tests/Parameters/shops.bicepparam", "tests/Serverless.Infra.Tests/Parameters/shops.sql")]
    public async Task Parameter_files_end_with_what_is_printed_for_Bicep(string file, string scripts)
    {
        var printed = (await Cli.RunAsync(["settings", "--for", "bicep", Path.Combine(Repository.Root, scripts)])).Output;
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), TestContext.Current.CancellationToken);
        Assert.EndsWith($"\n\n{printed}", text, StringComparison.Ordinal);
        Assert.StartsWith("// What the scripts name", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_az_plain_ones_are_variables_and_secrets_references_to_the_vault()
    {
        var result = await Cli.RunAsync(["settings", "--for", "az", .. Jobs]);
        Assert.StartsWith("az functionapp config appsettings set --resource-group GROUP --name APP --settings \\\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("  \"RDS_ENDPOINT=${RDS_ENDPOINT}\" \\", result.Lines);
        Assert.Contains("  'RDS_PASSWORD=@Microsoft.KeyVault(VaultName=VAULT;SecretName=RDS-PASSWORD)'", result.Lines);
    }

    [Fact]
    public async Task In_json_each_is_an_object()
    {
        var first = JsonDocument.Parse((await Cli.RunAsync(["settings", "--json", .. Jobs])).Lines[0]).RootElement;
        Assert.Equal(("KAFKA_BROKERS", false), (first.GetProperty("name").GetString(), first.GetProperty("isSecret").GetBoolean()));
    }

    private static Dictionary<string, string> ValuesOf(string json) =>
        JsonDocument.Parse(json).RootElement.GetProperty("Values").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
}
