using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Serverless.App.Generations;

namespace Serverless.App.Tests;

public sealed class GenerationTests : IDisposable
{
    private static readonly HostSettings Hub = new("MyHub", "AzureStorage", "AzureWebJobsStorage", "earliest", 1);

    private readonly ManualClock _clock = new(FakeGenerations.Born);
    private readonly BlobStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_job_keeps_its_generation_while_it_is_the_same()
    {
        var first = await OpenAsync("a", "f1");
        Assert.Equal(("f1", _clock.Now), (first.Fingerprint, first.Born));
        Assert.Matches("^[a-z0-9]{8}$", first.Id);
        Assert.Equal(first, await OpenAsync("a", "f1"));
        Assert.Equal(first, await Generations().FindAsync("a", TestContext.Current.CancellationToken));
        Assert.NotEqual(first.Id, (await OpenAsync("b", "f1")).Id);
    }

    [Fact]
    public async Task A_changed_job_gets_a_new_one_that_is_younger_whatever_the_clock_says()
    {
        var first = await OpenAsync("a", "f1");
        _clock.Now -= TimeSpan.FromHours(1);
        var second = await OpenAsync("a", "f2");
        Assert.NotEqual(first.Id, second.Id);
        Assert.True(second.Born > first.Born);
        Assert.Equal(second, await OpenAsync("a", "f2"));
    }

    [Fact]
    public async Task Instances_that_start_at_once_agree()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => OpenAsync("a", "f1"))));
        Assert.Single(all.Distinct());
        var changed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => OpenAsync("a", "f2"))));
        Assert.Single(changed.Distinct());
    }

    [Fact]
    public async Task A_wiped_hub_gives_a_new_one()
    {
        var first = await OpenAsync("a", "f1");
        _store.Blobs.Clear();
        Assert.Null(await Generations().FindAsync("a", TestContext.Current.CancellationToken));
        Assert.NotEqual(first.Id, (await OpenAsync("a", "f1")).Id);
    }

    [Fact]
    public async Task Jobs_that_are_gone_are_forgotten()
    {
        await OpenAsync("a", "f1");
        await OpenAsync("游戏/x", "f1");
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

    private Task<Serverless.Durable.Generation> OpenAsync(string job, string fingerprint) => Generations().OpenAsync(job, fingerprint, TestContext.Current.CancellationToken);

    private BlobGenerations Generations() => new(
        new BlobServiceClient("UseDevelopmentStorage=true", new BlobClientOptions { Transport = new HttpClientTransport(_store), Retry = { MaxRetries = 0 } }), Hub, _clock);
}
