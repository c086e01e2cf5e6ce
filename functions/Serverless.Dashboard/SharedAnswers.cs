namespace Serverless.Dashboard;

/// <summary>Answers that several who ask the same within a moment share, so that a database is asked once.</summary>
/// <param name="clock">The clock.</param>
internal sealed class SharedAnswers(TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, (Task<DashboardAnswer> Answer, long Asked)> _answers = [];

    /// <summary>The answer to a question: one that was asked a moment ago, or a new one.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="ask">Asks it; not stopped when one of those who wait goes away.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<DashboardAnswer> GetAsync(string question, Func<CancellationToken, Task<DashboardAnswer>> ask, CancellationToken cancellationToken)
    {
        lock (_answers)
        {
            foreach (var (old, (answer, asked)) in _answers)
                if (answer.IsCompleted && clock.GetElapsedTime(asked) > Moment)
                    _answers.Remove(old);
            if (!_answers.TryGetValue(question, out var known))
                _answers[question] = known = (Task.Run(() => ask(_end.Token), _end.Token), clock.GetTimestamp());
            return known.Answer.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Stops what is being asked, and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
            return;
        await _end.CancelAsync();
        Task[] asked;
        lock (_answers)
            asked = [.. _answers.Values.Select(a => a.Answer)];
        await Task.WhenAll(asked).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _end.Dispose();
    }
}
