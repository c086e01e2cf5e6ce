namespace Serverless.Durable;

/// <summary>Stores many signals.</summary>
internal static class Sending
{
    // Enough to keep the storage busy; each signal is a request of some milliseconds.
    private const int AtOnce = 32;

    /// <summary>Stores signals, several at once, begun in their order. After the first failure no other is begun.</summary>
    /// <param name="client">The entities.</param>
    /// <param name="signals">The signals.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task SendAllAsync(this IEntityClient client, IEnumerable<Signal> signals, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var room = new SemaphoreSlim(AtOnce);
        await Task.WhenAll([.. signals.Select(SendAsync)]);

        async Task SendAsync(Signal signal)
        {
            await room.WaitAsync(stop.Token);
            try
            {
                await client.SendAsync(signal, stop.Token);
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
            finally
            {
                room.Release();
            }
        }
    }
}
