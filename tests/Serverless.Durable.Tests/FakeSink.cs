using System.Globalization;
using Serverless.Connectors;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Durable.Tests;

/// <summary>A table in memory, which may be away, and may refuse a row.</summary>
internal sealed class FakeSink : ISink
{
    private readonly Dictionary<string, RowChange> _table = [];

    public bool IsAway { get; set; }

    /// <summary>Whether opening never ends.</summary>
    public bool Hangs { get; set; }

    /// <summary>What opening throws; null for nothing.</summary>
    public Exception? OpenFailure { get; set; }

    /// <summary>What writing throws; null for nothing.</summary>
    public Exception? Failure { get; set; }

    public string? RefusedKey { get; set; }

    public int Writes { get; private set; }

    public int MaxRows => 100;

    public IReadOnlyList<string> Rows =>
        [.. _table.Values.Where(r => !r.IsDelete).Select(r => string.Join(" | ", r.Values.Select(Text))).Order(StringComparer.Ordinal)];

    public Task OpenAsync(CancellationToken cancellationToken) => Hangs ? new TaskCompletionSource().Task : OpenFailure is { } failure ? Task.FromException(failure) : Task.CompletedTask;

    public Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        Writes++;
        if (Failure is { } failure)
            throw failure;
        if (IsAway)
            throw new SinkUnavailableException("the table is away");
        foreach (var change in changes.Where(c => c.Key != RefusedKey))
            _table[change.Key] = change;
        return Task.FromResult<IReadOnlyList<RefusedChange>>([.. changes.Where(c => c.Key == RefusedKey).Select(c => new RefusedChange(c, "too long"))]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime => "(now)",
        Number number => number.ToString(),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
