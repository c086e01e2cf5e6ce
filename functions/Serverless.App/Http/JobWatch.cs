using System.Collections.Concurrent;
using Serverless.App.Jobs;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;
using Serverless.Dashboard;

namespace Serverless.App.Http;

/// <summary>
/// How the jobs are, as far as any instance can tell of the whole app: what brokers and sinks answer. It counts nothing itself, as which instance is asked is
/// chance, and one that answers HTTP may read and write nothing. Nothing is asked while nobody looks.
/// </summary>
internal sealed class JobWatch : IJobWatch, IAsyncDisposable
{
    private const int MostLetters = 20;

    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    // A batch is committed as one: over less time the rate would jump between nothing and too much.
    private static readonly TimeSpan RateSpan = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    // Short: somebody waits before a page.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly JobCatalog _catalog;
    private readonly SinkProbe _probe;
    private readonly TimeProvider _clock;
    private readonly CoalescingCache<string, IReadOnlyList<JobStatus>> _statuses;
    private readonly ITimer _unused;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _down = new(); // since when, by job
    private Dictionary<AppJob, (KafkaLag Lag, RateWindow Rate)>? _groups;

    /// <summary>Makes one; it asks nothing yet.</summary>
    /// <param name="catalog">The jobs.</param>
    /// <param name="probe">Knows how their sinks are.</param>
    /// <param name="clock">The clock.</param>
    public JobWatch(JobCatalog catalog, SinkProbe probe, TimeProvider clock)
    {
        (_catalog, _probe, _clock) = (catalog, probe, clock);
        _statuses = new CoalescingCache<string, IReadOnlyList<JobStatus>>(GoodFor, clock);
        _unused = clock.CreateTimer(_ => Close(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<JobStatus>> GetAsync(CancellationToken cancellationToken) => await _statuses.GetAsync("", ProbeAsync, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _unused.DisposeAsync();
        Close();
    }

    private async Task<IReadOnlyList<JobStatus>> ProbeAsync()
    {
        // Taken for as long as they are used, so that the timer does not close them.
        var groups = Interlocked.Exchange(ref _groups, null)
            ?? _catalog.All.Where(j => j.Kafka is not null).ToDictionary(j => j, j => (new KafkaLag(j.Kafka!, j.ConsumerGroup, Patience), new RateWindow(RateSpan)));
        try
        {
            return await Task.WhenAll(_catalog.All.Select(job => ProbeAsync(job, groups.TryGetValue(job, out var group) ? group : null)));
        }
        finally
        {
            _groups = groups;
            _unused.Change(KeptFor, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<JobStatus> ProbeAsync(AppJob job, (KafkaLag Lag, RateWindow Rate)? group)
    {
        var sink = _probe.GetStatusAsync(job, CancellationToken.None);
        var letters = LettersAsync(job);
        // The client library waits on a thread.
        var positions = group is { } asked ? await Task.Run(asked.Lag.GetPositions) : null;
        return new JobStatus
        {
            Job = job.Name,
            RecordsPerSecond = positions is null ? null : group?.Rate.Add(_clock.GetElapsedTime(0), positions.Select(p => KeyValuePair.Create(p.Partition, p.Next))),
            Lag = positions?.Sum(p => p.Lag),
            Partitions = positions?.Select(p => new PartitionStatus(p.Partition, p.Lag)).ToList() ?? [],
            DeadLetters = (await letters).Total,
            DeadLetterPlace = job.Letters.Place,
            LastDeadLetters = [.. (await letters).Last.Select(l => new DeadLetterStatus(l.Reason, l.Topic, l.Partition, l.Offset, l.Row))],
            Source = SourceOf(job, group?.Lag),
            Sink = await sink,
        };
    }

    private SourceStatus SourceOf(AppJob job, KafkaLag? lag)
    {
        if (lag?.Problem is not { } problem)
        {
            _down.TryRemove(job.Name, out _);
            return new SourceStatus(lag is null ? null : true);
        }
        return new SourceStatus(false, problem, _down.GetOrAdd(job.Name, _ => _clock.GetUtcNow()));
    }

    private static async Task<(IReadOnlyList<DeadLetterLine> Last, long? Total)> LettersAsync(AppJob job) =>
        (await job.Letters.LastAsync(job.Name, MostLetters, CancellationToken.None), await job.Letters.TotalAsync(job.Name, CancellationToken.None));

    private void Close()
    {
        foreach (var (lag, _) in Interlocked.Exchange(ref _groups, null)?.Values.ToList() ?? [])
            lag.Dispose();
    }
}
