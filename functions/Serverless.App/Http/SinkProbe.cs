using System.Collections.Concurrent;
using Serverless.App.Jobs;
using Serverless.Connectors;
using Serverless.Dashboard;

namespace Serverless.App.Http;

/// <summary>Tells whether sinks can be reached now, and why not. It tries when somebody asks, over a connection that no writer misses; an answer is good for a while.</summary>
/// <param name="clock">The clock.</param>
internal sealed class SinkProbe(TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // What happened between two looks that lie further apart than this nobody knows.
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(1);

    private readonly CoalescingCache<AppJob, SinkStatus> _statuses = new(GoodFor, clock);
    private readonly ConcurrentDictionary<AppJob, (DateTimeOffset At, SinkStatus Status)> _last = new();

    /// <summary>Returns the status of a job's sink. Since when it is away is known only if it was seen to go.</summary>
    public Task<SinkStatus> GetStatusAsync(AppJob job, CancellationToken cancellationToken) =>
        _statuses.GetAsync(job, () => ProbeAsync(job), cancellationToken);

    private async Task<SinkStatus> ProbeAsync(AppJob job)
    {
        var message = await TryAsync(job.Sinks);
        var now = clock.GetUtcNow();
        var status = message is null ? new SinkStatus(true) : new SinkStatus(false, message, Since(job, now));
        _last[job] = (now, status);
        return status;
    }

    private DateTimeOffset? Since(AppJob job, DateTimeOffset now) =>
        !_last.TryGetValue(job, out var last) || now - last.At > LongestGap ? null
        : last.Status.IsUp is true ? now
        : last.Status.Since;

    // Why it cannot be reached; null where it can.
    private static async Task<string?> TryAsync(SinkPool sinks)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await sinks.ProbeAsync(limit.Token);
            return null;
        }
        catch (Exception e) when (e is ConnectorException or SinkUnavailableException)
        {
            return e.Message;
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds} s";
        }
        catch (Exception e)
        {
            // What else a client library says may hold anything.
            return $"it cannot be used: {e.GetType().Name}";
        }
    }
}
