using Azure.Data.Tables;
using Serverless.App;
using Serverless.App.Entities;
using Serverless.Durable;

namespace Serverless.DurableRuntime.Tests;

/// <summary>Cold keys in the tables of a storage account.</summary>
public sealed class TableKeyStoreTests(AzuriteFixture azurite)
{
    private const string Cell = "a%20job.g1:~3";

    [Fact]
    public async Task Values_come_back_page_by_page_and_are_no_other_cells()
    {
        var store = await StoreAsync();
        Assert.Empty(await ReadAsync(store, "k1"));
        var values = Enumerable.Range(0, 1_200).ToDictionary(i => $"k{i}/#?\u65e5", i => new byte[] { (byte)i, (byte)(i >> 8) });
        values.Add("large", [.. Enumerable.Range(0, 500_000).Select(i => (byte)(i * 7))]);
        values.Add("empty", []);
        await WriteAsync(store, 1, values);
        Assert.Equal(values["large"], (await ReadAsync(store, "large"))["large"]);
        Assert.Empty((await ReadAsync(store, "empty"))["empty"]);
        Assert.Empty(await store.ReadAsync(EntityKind.Shard, Cell, ["large"], TestContext.Current.CancellationToken));
        var read = new Dictionary<string, byte[]>();
        string? after = null;
        do
        {
            var page = await store.ReadPageAsync(EntityKind.Group, Cell, after, TestContext.Current.CancellationToken);
            foreach (var (key, value) in page.Values)
                read.Add(key, value);
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(values.OrderBy(v => v.Key), read.OrderBy(v => v.Key));
        await store.DeleteAsync(EntityKind.Group, Cell, TestContext.Current.CancellationToken);
        Assert.Empty((await store.ReadPageAsync(EntityKind.Group, Cell, null, TestContext.Current.CancellationToken)).Values);
    }

    [Fact]
    public async Task A_late_write_does_not_overwrite_what_is_newer()
    {
        var store = await StoreAsync();
        await WriteAsync(store, 2, new() { ["a"] = [2], ["b"] = [2] });
        await WriteAsync(store, 1, new() { ["a"] = [1], ["c"] = [1] });
        await WriteAsync(store, 3, new() { ["b"] = [3] });
        await Task.WhenAll(Enumerable.Range(4, 8).Select(version => WriteAsync(store, version, new() { ["c"] = [(byte)version] })));
        var read = await ReadAsync(store, "a", "b", "c");
        Assert.Equal([2, 3, 11], read.OrderBy(v => v.Key).Select(v => v.Value.Single()));
    }

    private static Task WriteAsync(TableKeyStore store, long version, Dictionary<string, byte[]> values) =>
        store.WriteAsync(EntityKind.Group, Cell, version, values, TestContext.Current.CancellationToken);

    private static Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(TableKeyStore store, params string[] keys) =>
        store.ReadAsync(EntityKind.Group, Cell, keys, TestContext.Current.CancellationToken);

    private async Task<TableKeyStore> StoreAsync() => new(
        new TableServiceClient((await azurite.ServerAsync()).ConnectionString), new HostSettings($"Hub{Guid.NewGuid():N}"[..20], "AzureStorage", "AzureWebJobsStorage", "earliest", 64));
}
