using System.Collections.Concurrent;
using Serverless.App.Generations;
using Serverless.Durable;

namespace Serverless.App.Tests;

/// <summary>Generations in memory.</summary>
internal sealed class FakeGenerations : IGenerations
{
    public static readonly DateTimeOffset Born = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ConcurrentDictionary<string, Generation> All { get; } = new();

    public bool IsAway { get; set; }

    public bool Hangs { get; set; }

    public Exception? Failure { get; set; }

    public int Looks { get; private set; }

    public async Task<Generation?> ChangeAsync(string job, Func<Generation?, Task<Generation?>> change, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
            throw failure;
        if (await change(All.GetValueOrDefault(job)) is { } changed)
            All[job] = changed;
        return All.GetValueOrDefault(job);
    }

    public Task<Generation?> FindAsync(string job, CancellationToken cancellationToken)
    {
        Looks++;
        if (Hangs)
            return new TaskCompletionSource<Generation?>().Task;
        return IsAway ? throw new IOException("the storage is away") : Task.FromResult(All.GetValueOrDefault(job));
    }

    public Task ForgetOthersAsync(IReadOnlyCollection<string> jobs, CancellationToken cancellationToken)
    {
        foreach (var job in All.Keys.Except(jobs))
            All.TryRemove(job, out _);
        return Task.CompletedTask;
    }
}
