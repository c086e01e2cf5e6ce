using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Serverless.Durable;

namespace Serverless.App.Entities;

/// <summary>Cold keys as entities of a table of the storage account: a partition a cell, a row a key, its name the hash of the key.</summary>
/// <param name="account">The account's tables.</param>
/// <param name="host">Which hub it is: the table is made when something is written first, and is named after it.</param>
internal sealed class TableKeyStore(TableServiceClient account, HostSettings host) : IKeyStore
{
    private const int AtOnce = 32;
    private const int MostOfTransaction = 100;
    private const int MostBytesOfTransaction = 2 << 20;
    private const int MostOfPage = 500;
    private const int MostOfProperty = 64 * 1024;
    private const string Key = "Key";
    private const string Value = "Value";
    private const string Version = "Version";

    private readonly TableClient _table = account.GetTableClient($"{host.HubName}Keys");
    private bool _isMade;

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(EntityKind kind, string cell, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(kind, cell);
        var found = new Dictionary<string, byte[]>();
        await Parallel.ForEachAsync(keys, Options(cancellationToken), async (key, token) =>
        {
            if (await FindAsync(partition, key, null, token) is { } row)
                lock (found)
                    found.Add(key, Join(row, Value));
        });
        return found;
    }

    /// <inheritdoc />
    public async Task WriteAsync(EntityKind kind, string cell, long version, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        if (!_isMade)
            await _table.CreateIfNotExistsAsync(cancellationToken);
        _isMade = true;
        var partition = PartitionOf(kind, cell);
        IReadOnlyCollection<KeyValuePair<string, byte[]>> left = [.. values];
        // Who comes in between writes another version: a few of them at most.
        while (left.Count > 0)
        {
            var actions = new List<(KeyValuePair<string, byte[]> Value, TableTransactionAction Action)>();
            await Parallel.ForEachAsync(left, Options(cancellationToken), async (value, token) =>
            {
                var known = await FindAsync(partition, value.Key, [Version], token);
                if (known?.GetInt64(Version) >= version)
                    return;
                var row = RowOf(partition, value, version);
                var action = known is null ? new TableTransactionAction(TableTransactionActionType.Add, row) : new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, known.ETag);
                lock (actions)
                    actions.Add((value, action));
            });
            left = await SubmitAsync(actions, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task<KeyPage> ReadPageAsync(EntityKind kind, string cell, string? after, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(kind, cell);
        var values = new Dictionary<string, byte[]>();
        string? last = null;
        await foreach (var page in Query(partition, after, null, cancellationToken).AsPages(pageSizeHint: MostOfPage))
        {
            foreach (var row in page.Values)
            {
                values.Add(Encoding.UTF8.GetString(Join(row, Key)), Join(row, Value));
                last = row.RowKey;
            }
            if (values.Count > 0)
                return new KeyPage(values, page.ContinuationToken is null ? null : last);
        }
        return new KeyPage(values, null);
    }

    /// <inheritdoc />
    public async Task DeleteAsync(EntityKind kind, string cell, CancellationToken cancellationToken)
    {
        var rows = new List<TableTransactionAction>();
        try
        {
            await foreach (var row in Query(PartitionOf(kind, cell), null, ["PartitionKey", "RowKey"], cancellationToken))
                rows.Add(new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All));
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return; // there is no table yet
        }
        foreach (var some in rows.Chunk(MostOfTransaction))
            await _table.SubmitTransactionAsync(some, cancellationToken);
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

    // A row that another one was first with fails its whole transaction, and is looked at again with the others.
    private async Task<IReadOnlyCollection<KeyValuePair<string, byte[]>>> SubmitAsync(List<(KeyValuePair<string, byte[]> Value, TableTransactionAction Action)> actions, CancellationToken cancellationToken)
    {
        var again = new List<KeyValuePair<string, byte[]>>();
        for (var first = 0; first < actions.Count;)
        {
            var (next, bytes) = (first, 0L);
            while (next < actions.Count && next - first < MostOfTransaction && (next == first || bytes + actions[next].Value.Value.Length <= MostBytesOfTransaction))
                bytes += actions[next++].Value.Value.Length;
            var some = actions[first..next];
            try
            {
                await _table.SubmitTransactionAsync(some.Select(a => a.Action), cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                again.AddRange(some.Select(a => a.Value));
            }
            first = next;
        }
        return again;
    }

    private async Task<TableEntity?> FindAsync(string partition, string key, IEnumerable<string>? select, CancellationToken cancellationToken)
    {
        try
        {
            return await _table.GetEntityIfExistsAsync<TableEntity>(partition, NameOf(key), select, cancellationToken) is { HasValue: true, Value: { } row } ? row : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null; // there is no table yet
        }
    }

    private AsyncPageable<TableEntity> Query(string partition, string? after, IEnumerable<string>? select, CancellationToken cancellationToken) => _table.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after ?? ""}"), MostOfPage, select, cancellationToken);

    private static TableEntity RowOf(string partition, KeyValuePair<string, byte[]> value, long version)
    {
        var row = new TableEntity(partition, NameOf(value.Key)) { [Version] = version };
        Split(row, Key, Encoding.UTF8.GetBytes(value.Key));
        Split(row, Value, value.Value);
        return row;
    }

    private static void Split(TableEntity row, string name, byte[] bytes)
    {
        var part = 0;
        foreach (var some in bytes.Chunk(MostOfProperty))
            row[$"{name}{part++}"] = some;
    }

    private static byte[] Join(TableEntity row, string name)
    {
        var bytes = new List<byte>();
        for (var part = 0; row.GetBinary($"{name}{part}") is { } some; part++)
            bytes.AddRange(some);
        return [.. bytes];
    }

    // The name of a job may hold what is escaped in it, and a percent sign is none of a partition's characters.
    private static string PartitionOf(EntityKind kind, string cell) => $"{kind}@{cell.Replace('%', '=')}";

    private static string NameOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
