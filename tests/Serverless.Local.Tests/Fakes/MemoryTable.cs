using System.Globalization;
using Serverless.Connectors;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Local.Tests.Fakes;

/// <summary>A sink's table in memory.</summary>
internal sealed class MemoryTable : ISink
{
    public Dictionary<string, object?[]> Rows { get; } = [];

    /// <summary>Called before each write: throw to fail it.</summary>
    public Action BeforeWrite { get; set; } = () => { };

    /// <summary>Why a row is refused; null where it is not.</summary>
    public Func<RowChange, string?> Refuse { get; init; } = _ => null;

    public int Writes { get; private set; }

    public int MaxRows => 3;

    public string[] Lines => [.. Rows.Values.Select(r => string.Join(" | ", r.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)))).Order(StringComparer.Ordinal)];

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        Assert.True(changes.Count <= MaxRows);
        Writes++;
        BeforeWrite();
        var refused = new List<RefusedChange>();
        foreach (var change in changes)
            if (Refuse(change) is { } reason)
                refused.Add(new RefusedChange(change, reason));
            else if (change.IsDelete)
                Rows.Remove(change.Key);
            else
                Rows[change.Key] = change.Values;
        return Task.FromResult<IReadOnlyList<RefusedChange>>(refused);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Dead letters in memory.</summary>
internal sealed class MemoryLetters : IDeadLetters
{
    public List<DeadLetter> Letters { get; } = [];

    public string Place => "memory";

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        Letters.AddRange(letters);
        return Task.CompletedTask;
    }

    public Task<long> CountAsync(string? job, CancellationToken cancellationToken) => Task.FromResult((long)Letters.Count);

    public Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeadLetterLine>>([.. Letters.Where(l => l.Job == job).Reverse().Take(most).Select(l => new DeadLetterLine(l.Reason, l.Topic, l.Partition, l.Offset, l.Row))]);

    public Task<long?> TotalAsync(string job, CancellationToken cancellationToken) => Task.FromResult<long?>(Letters.Count(l => l.Job == job));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
