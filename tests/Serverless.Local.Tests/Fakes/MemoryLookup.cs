using Serverless.Connectors.Lookup;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;

namespace Serverless.Local.Tests.Fakes;

/// <summary>A table in memory that one column of one row is looked up in by a number.</summary>
internal sealed class MemoryLookup(IReadOnlyDictionary<long, string> rows) : ITableLookup
{
    /// <summary>Called before each answer.</summary>
    public Action BeforeAnswer { get; set; } = () => { };

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<IReadOnlyList<LookupRows>> FindAsync(IReadOnlyList<LookupKey> keys, CancellationToken cancellationToken)
    {
        BeforeAnswer();
        return new([.. keys.Select(k => rows.TryGetValue((long)k.Values[0], out var row) ? new LookupRows([[row]]) : LookupRows.None)]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
