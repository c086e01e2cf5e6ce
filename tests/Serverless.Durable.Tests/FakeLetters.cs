using System.Collections.Concurrent;
using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable.Tests;

/// <summary>Dead letters in memory.</summary>
internal sealed class FakeLetters : IDeadLetters
{
    public ConcurrentQueue<DeadLetter> All { get; } = new();

    public bool IsAway { get; set; }

    public string Place => "memory";

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (IsAway)
            throw new SinkUnavailableException("the letter box is away");
        foreach (var letter in letters)
            All.Enqueue(letter);
        return Task.CompletedTask;
    }

    public Task<long> CountAsync(string? job, CancellationToken cancellationToken) => Task.FromResult((long)All.Count);

    public Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeadLetterLine>>([]);

    public Task<long?> TotalAsync(string job, CancellationToken cancellationToken) => Task.FromResult<long?>(All.Count);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
