namespace Serverless.Connectors;

/// <summary>
/// Answers that many ask for at once: each is found once for all who wait for it, only if somebody asks, and is good for a while. A failure goes to those who wait for it and
/// to nobody else. Safe to use from any thread.
/// </summary>
/// <param name="goodFor">How long an answer is good for, from when the search for it began.</param>
/// <param name="clock">The clock.</param>
public sealed class CoalescingCache<TKey, TValue>(TimeSpan goodFor, TimeProvider clock) where TKey : notnull
{
    private readonly Dictionary<TKey, (Task<TValue> Answer, long Began)> _answers = [];

    /// <summary>Returns the answer for a key: a good one, one that is being found, or a new one.</summary>
    /// <param name="key">What is asked.</param>
    /// <param name="find">Finds the answer; it goes on if one of those who wait goes away.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<TValue> GetAsync(TKey key, Func<Task<TValue>> find, CancellationToken cancellationToken)
    {
        lock (_answers)
        {
            foreach (var (old, (answer, began)) in _answers)
                if (answer.IsCompleted && (!answer.IsCompletedSuccessfully || clock.GetElapsedTime(began) >= goodFor))
                    _answers.Remove(old);
            if (!_answers.TryGetValue(key, out var known))
                _answers[key] = known = (Task.Run(find, CancellationToken.None), clock.GetTimestamp());
            return known.Answer.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets the answer for a key: whoever asks from now on gets a new one.</summary>
    public void Remove(TKey key)
    {
        lock (_answers)
            _answers.Remove(key);
    }

    /// <summary>Waits until nothing is being found any more, however that ends.</summary>
    public Task DrainAsync()
    {
        lock (_answers)
            return Task.WhenAll(_answers.Values.Select(a => a.Answer)).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
