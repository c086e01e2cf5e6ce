using Serverless.Connectors;
using Serverless.Dashboard;

namespace Serverless.Local.Web;

/// <summary>A job's dead letters: their number, and the last of them. They are read when there are more, and at intervals.</summary>
/// <param name="job">The job.</param>
/// <param name="letters">Where its letters go.</param>
/// <param name="clock">The clock.</param>
internal sealed class LastLetters(string job, IDeadLetters letters, TimeProvider clock)
{
    private const int Most = 20;

    // A topic's last letters may be some seconds old when they are given.
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(5);

    private volatile Known _known = new(-1, 0, null, []);
    private int _isAsking;

    /// <summary>Where they are, for a user.</summary>
    public string Place => letters.Place;

    /// <summary>Returns the number of letters, and the last of them.</summary>
    /// <param name="written">How many the job has written.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<(long? Count, IReadOnlyList<DeadLetterStatus> Last)> GetAsync(long written, CancellationToken cancellationToken)
    {
        if ((_known.Written != written || clock.GetElapsedTime(_known.At) > Old) && Interlocked.Exchange(ref _isAsking, 1) == 0)
            await AskAsync(written, cancellationToken);
        return (_known.Count, _known.Last);
    }

    private async Task AskAsync(long written, CancellationToken cancellationToken)
    {
        try
        {
            var count = await letters.CountAsync(job, cancellationToken);
            var last = count == 0 ? [] : await letters.LastAsync(job, Most, cancellationToken);
            _known = new Known(written, clock.GetTimestamp(), count, [.. last.Select(l => new DeadLetterStatus(l.Reason, l.Topic, l.Partition, l.Offset, l.Row))]);
        }
        catch (Exception e) when (e is SinkUnavailableException or ConnectorException)
        {
            // What was known is shown until the place can be asked again.
            _known = _known with { Written = written, At = clock.GetTimestamp() };
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }

    private sealed record Known(long Written, long At, long? Count, IReadOnlyList<DeadLetterStatus> Last);
}
