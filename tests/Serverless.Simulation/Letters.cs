using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Simulation;

/// <summary>Where dead letters go; away at times.</summary>
internal sealed class Letters(Faults faults) : IDeadLetters
{
    public string Place => "memory";

    /// <summary>The records there are letters of.</summary>
    public HashSet<(int Partition, long Offset)> Records { get; } = [];

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        if (faults.Strikes(5))
            throw new SinkUnavailableException("away");
        foreach (var letter in letters)
            if (letter is { Partition: { } partition, Offset: { } offset })
                Records.Add((partition, offset));
        return Task.CompletedTask;
    }

    public Task<long> CountAsync(string? job, CancellationToken cancellationToken) => Task.FromResult((long)Records.Count);

    public Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeadLetterLine>>([]);

    public Task<long?> TotalAsync(string job, CancellationToken cancellationToken) => Task.FromResult<long?>(Records.Count);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
