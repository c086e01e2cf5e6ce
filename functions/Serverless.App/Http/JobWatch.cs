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
    private Dictionary<AppJob, List<Reading>>? _groups;

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
            ?? _catalog.All.ToDictionary(
                j => j, j => j.Sources.Where(s => s.Kafka is not null).Select(s => new Reading(j.TopicOf(s), new KafkaLag(s.Kafka!, s.ConsumerGroup, Patience), new RateWindow(RateSpan))).ToList());
        try
        {
            return await Task.WhenAll(_catalog.All.Select(job => ProbeAsync(job, groups.GetValueOrDefault(job) ?? [])));
        }
        finally
        {
            _groups = groups;
            _unused.Change(KeptFor, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<JobStatus> ProbeAsync(AppJob job, List<Reading> groups)
    {
        var sink = _probe.GetStatusAsync(job, CancellationToken.None);
        var letters = LettersAsync(job);
        // The client library waits on a thread.
        var answers = await Task.WhenAll(groups.Select(g => Task.Run(g.Lag.GetPositions)));
        var positions = answers.Length == 0 || answers.Contains(null) ? null : groups.Zip(answers).SelectMany(s => s.Second!, (s, p) => (s.First.Topic, Position: p)).ToList();
        return new JobStatus
        {
            Job = job.Name,
            RecordsPerSecond = positions is null ? null
                : groups.Zip(answers).Select(s => s.First.Rate.Add(_clock.GetElapsedTime(0), s.Second!.Select(p => KeyValuePair.Create(p.Partition, p.Next)))).Aggregate((x, y) => x + y),
            Lag = positions?.Sum(p => p.Position.Lag),
            Partitions = positions?.Select(p => new PartitionStatus(p.Position.Partition, p.Position.Lag, p.Topic)).ToList() ?? [],
            DeadLetters = (await letters).Total,
            DeadLetterPlace = job.Letters.Place,
            LastDeadLetters = [.. (await letters).Last.Select(l => new DeadLetterStatus(l.Reason, l.Topic, l.Partition, l.Offset, l.Row))],
            Source = SourceOf(job, groups),
            Sink = await sink,
        };
    }

    private SourceStatus SourceOf(AppJob job, List<Reading> groups)
    {
        if (groups.Select(g => g.Lag.Problem).OfType<string>().FirstOrDefault() is not { } problem)
        {
            _down.TryRemove(job.Name, out _);
            return new SourceStatus(groups.Count == 0 ? null : true);
        }
        return new SourceStatus(false, problem, _down.GetOrAdd(job.Name, _ => _clock.GetUtcNow()));
    }

    private static async Task<(IReadOnlyList<DeadLetterLine> Last, long? Total)> LettersAsync(AppJob job) =>
        (await job.Letters.LastAsync(job.Name, MostLetters, CancellationToken.None), await job.Letters.TotalAsync(job.Name, CancellationToken.None));

    private void Close()
    {
        foreach (var (_, lag, _) in Interlocked.Exchange(ref _groups, null)?.Values.SelectMany(g => g).ToList() ?? [])
            lag.Dispose();
    }

    /// <summary>A source as it is read.</summary>
    private sealed record Reading(string? Topic, KafkaLag Lag, RateWindow Rate);
}
