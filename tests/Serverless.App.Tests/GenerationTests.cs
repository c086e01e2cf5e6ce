using System.Text;
using System.Text.Json;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Serverless.App.Generations;
using Serverless.Connectors;
using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.App.Tests;

public sealed class GenerationTests : IDisposable
{
    private const string Sum = TestApp.Sum;

    private static readonly string Max = Sum.Replace("SUM(v)", "MAX(v)", StringComparison.Ordinal);
    private static readonly HostSettings Hub = new("MyHub", "AzureStorage", "AzureWebJobsStorage", "earliest", 1);

    private readonly ManualClock _clock = new(FakeGenerations.Born);
    private readonly BlobStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_job_keeps_its_generation_while_it_is_the_same()
    {
        var first = await OpenAsync("a", Sum);
        Assert.Equal(_clock.Now, first.Born);
        Assert.Equal(first, await OpenAsync("a", Sum));
        Assert.Equal(first, await Generations().FindAsync("a", TestContext.Current.CancellationToken));
        Assert.NotEqual(first.Id, (await OpenAsync("b", Sum)).Id);
    }

    [Fact]
    public async Task A_changed_job_gets_a_new_one_that_is_younger_whatever_the_clock_says_and_keeps_the_former()
    {
        var first = await OpenAsync("a", Sum);
        _clock.Now -= TimeSpan.FromHours(1);
        var second = await OpenAsync("a", Max);
        Assert.NotEqual(first.Id, second.Id);
        Assert.True(second.Born > first.Born);
        Assert.Equal(first, Assert.Single(second.Formers!));
        Assert.Equal(Text(second), Text(await OpenAsync("a", Max)));
        var third = await OpenAsync("a", Sum);
        Assert.Equal((first.Id, first.Born), (third.Id, third.Born));
        Assert.True(third.Epoch > second.Epoch);
        Assert.Equal(second.Id, Assert.Single(third.Formers!).Id);
    }

    [Fact]
    public async Task A_job_that_writes_something_else_keeps_its_generation_in_a_younger_epoch()
    {
        var first = await OpenAsync("a", Sum);
        var second = await OpenAsync("a", Sum.Replace("SUM(v)", "SUM(v) + 1", StringComparison.Ordinal));
        Assert.Equal((first.Id, first.Born, first.Fingerprint), (second.Id, second.Born, second.Fingerprint));
        Assert.NotEqual(first.Form!.Fingerprint, second.Form!.Fingerprint);
        Assert.True(second.Epoch >= first.Epoch + TimeSpan.FromMinutes(1));
        Assert.Equal((second.Epoch, false), (second.Rewrite!.At, second.Rewrite.IsDone));
    }

    [Fact]
    public async Task What_a_former_version_stored_is_read_and_its_rows_count_as_written()
    {
        var fingerprint = DurableJob.Fingerprint(Job("a", Sum));
        _store.Blobs["serverless/a.json"] = (Encoding.UTF8.GetBytes($$"""{"Id":"abcdefgh","Fingerprint":"{{fingerprint}}","Born":"2026-01-02T03:04:05+00:00","TopicId":"t"}"""), "\"old\"");
        var known = await OpenAsync("a", Sum);
        Assert.Equal(("abcdefgh", "t", known.Born, null), (known.Id, known.TopicId, known.Epoch, known.Rewrite));
        Assert.NotNull(known.Form);
        Assert.NotNull((await OpenAsync("a", Sum.Replace("SUM(v)", "SUM(v) + 1", StringComparison.Ordinal))).Rewrite);
    }

    [Fact]
    public async Task Instances_that_start_at_once_agree()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => OpenAsync("a", Sum))));
        Assert.Single(all.Select(g => g.Id).Distinct());
        var changed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => OpenAsync("a", Max))));
        Assert.Single(changed.Select(g => g.Id).Distinct());
    }

    [Fact]
    public async Task A_wiped_hub_gives_a_new_one()
    {
        var first = await OpenAsync("a", Sum);
        _store.Blobs.Clear();
        Assert.Null(await Generations().FindAsync("a", TestContext.Current.CancellationToken));
        Assert.NotEqual(first.Id, (await OpenAsync("a", Sum)).Id);
    }

    [Fact]
    public async Task Jobs_that_are_gone_are_forgotten()
    {
        await OpenAsync("a", Sum);
        await OpenAsync("游戏/x", Sum);
        await Generations().ForgetOthersAsync(["游戏/x"], TestContext.Current.CancellationToken);
        Assert.Null(await Generations().FindAsync("a", TestContext.Current.CancellationToken));
        Assert.NotNull(await Generations().FindAsync("游戏/x", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void They_are_where_the_hubs_deletion_takes_them_along_or_else_in_a_container_of_their_own()
    {
        Assert.Equal("myhub-largemessages", BlobGenerations.ContainerOf(Hub));
        Assert.Equal("serverless-myhub", BlobGenerations.ContainerOf(Hub with { StorageType = "azureManaged" }));
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", "UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1")]
    [InlineData("AzureWebJobsStorage:accountName", "acc", "https://acc.blob.core.windows.net/")]
    [InlineData("AzureWebJobsStorage:blobServiceUri", "https://acc.blob.core.chinacloudapi.cn", "https://acc.blob.core.chinacloudapi.cn/")]
    public void The_storage_account_is_found_as_the_host_finds_it(string setting, string value, string uri) =>
        Assert.Equal(uri, StorageAccount.Open(new ConfigurationBuilder().AddInMemoryCollection([new(setting, value)]).Build(), "AzureWebJobsStorage").Uri.ToString());

    [Fact]
    public void Without_a_storage_account_the_error_says_which_setting_is_missing() =>
        Assert.Contains("'AzureWebJobsStorage'", Assert.Throws<StartupException>(() => StorageAccount.Open(new ConfigurationBuilder().Build(), "AzureWebJobsStorage")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_storage_account_that_is_still_a_reference_to_the_vault_is_named_as_that() =>
        Assert.Contains("the setting 'AzureWebJobsStorage' is still its reference", Assert.Throws<StartupException>(() => StorageAccount.Open(
            new ConfigurationBuilder().AddInMemoryCollection([new("AzureWebJobsStorage", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/S)")]).Build(), "AzureWebJobsStorage")).Message, StringComparison.Ordinal);

    private async Task<Generation> OpenAsync(string name, string sql)
    {
        var job = Job(name, sql);
        var edit = new ScriptEdit(job, OutputForm.Of(job, "somewhere", ""), new ConnectorCatalog());
        var id = Guid.NewGuid().ToString("N")[..8];
        return (await Generations().ChangeAsync(name, known => Task.FromResult<Generation?>(edit.Next(known, [new SourceBounds("t", [])], id, _clock.Now)), TestContext.Current.CancellationToken))!;
    }

    private static Job Job(string name, string sql) => ScriptCompiler.Compile(new SourceText($"{name}.sql", $"SET 'pipeline.name' = '{name}';{sql}"), new ConnectorCatalog()).Jobs.Single();

    private static string Text(Generation generation) => JsonSerializer.Serialize(generation, GenerationJson.Default.Generation);

    private BlobGenerations Generations() => new(
        new BlobServiceClient("UseDevelopmentStorage=true", new BlobClientOptions { Transport = new HttpClientTransport(_store), Retry = { MaxRetries = 0 } }), Hub);
}
