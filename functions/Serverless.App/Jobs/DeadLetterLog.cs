using Serverless.Connectors;
using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.App.Jobs;

/// <summary>The dead letters of a job, for all who write some: one at a time, and connected when the first come.</summary>
/// <param name="letters">Where they go.</param>
/// <param name="report">Counts them and warns of them; ends with this.</param>
internal sealed class DeadLetterLog(IDeadLetters letters, DeadLetterReport report) : IDeadLetters
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _isOpen;

    /// <inheritdoc />
    public string Place => letters.Place;

    /// <inheritdoc />
    public Task OpenAsync(CancellationToken cancellationToken) => UseAsync(() => Task.FromResult(true), cancellationToken);

    /// <inheritdoc />
    public Task WriteAsync(IReadOnlyList<DeadLetter> some, CancellationToken cancellationToken) => UseAsync(
        async () =>
        {
            await letters.WriteAsync(some, cancellationToken);
            report.Written(some);
            return true;
        },
        cancellationToken);

    /// <inheritdoc />
    public Task<long> CountAsync(string? job, CancellationToken cancellationToken) => UseAsync(() => letters.CountAsync(job, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken) => letters.LastAsync(job, most, cancellationToken);

    /// <inheritdoc />
    public Task<long?> TotalAsync(string job, CancellationToken cancellationToken) => letters.TotalAsync(job, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await letters.DisposeAsync();
        report.Dispose();
        _turn.Dispose();
    }

    private async Task<T> UseAsync<T>(Func<Task<T>> use, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_isOpen)
                await letters.OpenAsync(cancellationToken);
            _isOpen = true;
            return await use();
        }
        finally
        {
            _turn.Release();
        }
    }
}
