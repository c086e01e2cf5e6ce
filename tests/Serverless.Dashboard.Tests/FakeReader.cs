using System.Collections.Concurrent;
using Serverless.Connectors.Databases.Common;

namespace Serverless.Dashboard.Tests;

/// <summary>A table that answers what a test says, and keeps what it was asked.</summary>
internal sealed class FakeReader : ITableReader
{
    public ConcurrentQueue<TableQuery> Asked { get; } = [];

    public Func<Task<TableRows>> Rows { get; set; } = () => Task.FromResult(new TableRows([["a", "2021-12-01", "1.50", null]], HasMore: false));

    public IReadOnlyList<string> Values { get; set; } = [];

    public bool IsDisposed { get; private set; }

    public Task<TableRows> ReadAsync(TableQuery query, CancellationToken cancellationToken)
    {
        Asked.Enqueue(query);
        return Rows().WaitAsync(cancellationToken);
    }

    public Task<IReadOnlyList<string>> ValuesAsync(int column, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. Values.Take(limit)]);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
