using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Serverless.Connectors;

namespace Serverless.App.Tests;

/// <summary>host.json and local.settings.sample.json against what the app reads.</summary>
public sealed class SettingsFilesTests
{
    private static readonly string HostJson = Path.Combine(Repository.Root, "host.json");

    [Fact]
    public void The_host_repeats_failed_batches_for_ever_and_commits_none_of_them()
    {
        var kafka = Kafka();
        Assert.False(kafka.GetProperty("commitOnFailure").GetBoolean());
        Assert.Equal(-1, kafka.GetProperty("maxRetries").GetInt32());
        Assert.True(kafka.GetProperty("maxBatchSize").GetInt32() >= 1_000);
        Assert.True(kafka.GetProperty("maxPollIntervalMs").GetInt32() >= 180_000); // a batch waits up to a minute and pauses up to half a one
    }

    [Fact]
    public void A_start_waits_for_the_session_of_a_reader_that_did_not_leave_only_some_seconds()
    {
        // What brokers take at least, and still two of the client's heartbeats.
        Assert.Equal(6_000, Kafka().GetProperty("sessionTimeoutMs").GetInt32());
    }

    [Fact]
    public void A_partition_stands_still_only_after_another_reader_could_have_taken_it_over() =>
        Assert.True(Serverless.Durable.DurableTimes.Default.StandstillAfter.TotalMilliseconds > Kafka().GetProperty("maxPollIntervalMs").GetInt32() + Kafka().GetProperty("sessionTimeoutMs").GetInt32());

    [Fact]
    public void No_message_waits_for_one_before_it_that_was_lost()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(HostJson));
        Assert.Equal(0, json.RootElement.GetProperty("extensions").GetProperty("durableTask").GetProperty("entityMessageReorderWindowInMinutes").GetInt32());
    }

    [Theory]
    [InlineData("Azure.Core", "Error")] // a container that is there already is a warning
    [InlineData("Host.Triggers.Kafka", "Warning")] // a line for each partition of a batch
    public void What_drowns_faults_is_not_logged(string category, string level)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(HostJson));
        Assert.Equal(level, json.RootElement.GetProperty("logging").GetProperty("logLevel").GetProperty(category).GetString());
    }

    [Fact]
    public void The_app_reads_the_hub_from_host_json_and_app_settings_overrule_it()
    {
        var plain = HostSettings.Load(HostJson, new ConfigurationBuilder().Build());
        Assert.Equal(("ServerlessHub", "AzureWebJobsStorage", "earliest"), (plain.HubName, plain.StorageConnection, plain.OffsetReset));
        Assert.True(plain.IsInStorageAccount);
        var overruled = HostSettings.Load(HostJson, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureFunctionsJobHost:extensions:durableTask:hubName"] = "%HUB%", ["HUB"] = "Other",
            ["AzureFunctionsJobHost:extensions:durableTask:storageProvider:type"] = "azureManaged",
        }).Build());
        Assert.Equal("Other", overruled.HubName);
        Assert.False(overruled.IsInStorageAccount);
    }

    [Fact]
    public void The_hubs_name_is_one_that_storage_accounts_take() => Assert.Matches("^[A-Za-z][A-Za-z0-9]{2,44}$", HostSettings.Load(HostJson, new ConfigurationBuilder().Build()).HubName);

    [Fact]
    public async Task The_sample_settings_are_all_that_the_repositorys_jobs_need()
    {
        var sample = Sample();
        var names = Loading.Repositorys().SelectMany(s => Placeholders.NamesIn(s.Item2)).Distinct().ToList();
        Assert.Subset(sample.Keys.ToHashSet(), names.ToHashSet());
        Assert.Equal("dotnet-isolated", sample["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal("UseDevelopmentStorage=true", sample["AzureWebJobsStorage"]);
        Assert.All(sample.Where(s => s.Value!.Contains(':', StringComparison.Ordinal)), s => Assert.StartsWith("127.0.0.1:", s.Value, StringComparison.Ordinal));

        // They start with nothing else; that no server listens there is no error.
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys(), [.. Loading.Settings.Keys.Select(k => (k, sample.GetValueOrDefault(k)))]);
        Assert.Equal(2, app.Catalog.All.Count);
    }

    [Fact]
    public void The_app_carries_the_repositorys_host_json_and_scripts()
    {
        Assert.Equal(File.ReadAllText(HostJson), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
        Assert.All(Loading.Repositorys(), s => Assert.Equal(s.Item2, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "jobs", s.Item1))));
    }

    private static JsonElement Kafka()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(HostJson));
        return json.RootElement.GetProperty("extensions").GetProperty("kafka").Clone();
    }

    private static Dictionary<string, string?> Sample()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json")));
        return json.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString());
    }
}
