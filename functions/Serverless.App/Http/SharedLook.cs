namespace Serverless.App.Http;

/// <summary>What many may ask for at once: found out once for all of them, only when somebody asks, and good for a while.</summary>
/// <param name="look">Finds it out.</param>
/// <param name="goodFor">For how long, from when the look began.</param>
/// <param name="clock">The clock.</param>
internal sealed class SharedLook<T>(Func<Task<T>> look, TimeSpan goodFor, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private Task<T>? _last;
    private long _began;

    /// <summary>What was seen, or is seen now.</summary>
    /// <param name="cancellationToken">Stops waiting; the look goes on for the others.</param>
    public Task<T> AskAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_last is null || (_last.IsCompleted && clock.GetElapsedTime(_began) >= goodFor))
                (_began, _last) = (clock.GetTimestamp(), Task.Run(look, CancellationToken.None));
            return _last.WaitAsync(cancellationToken);
        }
    }
}
