namespace Serverless.Local;

/// <summary>Waiting to be stopped.</summary>
internal static class Stopped
{
    public static Task WaitAsync(CancellationToken stop) =>
        Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
