using Microsoft.Extensions.Logging;
using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// Reads all topics that match a pattern, each by a source of its own. New ones are looked for every now and then, and read from their beginning.
/// </summary>
/// <param name="pattern">The pattern.</param>
/// <param name="directory">Names the topics that there are.</param>
/// <param name="matches">Whether a topic is to be read.</param>
/// <param name="create">Makes the source of a topic; whether it came later than the job, so that it is read from its beginning.</param>
/// <param name="interval">How often topics are looked for.</param>
/// <param name="store">Keeps that the job has read before; null for nowhere.</param>
/// <param name="clock">Measures the interval.</param>
/// <param name="logger">Told which topics are found.</param>
internal sealed class TopicPatternSource(
    TopicPattern pattern, ITopicDirectory directory, Func<string, bool> matches, Func<string, bool, ISource> create, TimeSpan interval, ITopicStore? store, TimeProvider clock,
    ILogger logger) : ISource
{
    /// <summary>How often topics are looked for if the script does not say.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<string, ISource> _sources = new(StringComparer.Ordinal);
    private long _looked;
    private bool _isSilent; // of brokers that do not answer
    private volatile IReadOnlyList<ISource> _opened = []; // for other threads
    private volatile SourceHealth _health = new(null);

    /// <inheritdoc />
    public string Topic => pattern.Text;

    /// <inheritdoc />
    public SourceHealth Health => _health.IsUp is not true ? _health : _opened.Select(s => s.Health).FirstOrDefault(h => h.IsUp is false) ?? _health;

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var isKnown = store is not null && await store.LoadAsync(cancellationToken) is not null;
        while (!await TryFindAsync(isKnown, cancellationToken))
            await Task.Delay(Pause, clock, cancellationToken);
        if (isKnown || store is null)
            return;
        // From here on a topic that is not known has come later, also if the job is stopped meanwhile: where the others begin is kept first.
        await CommitAsync(cancellationToken);
        await store.SaveAsync(new TopicIdentity(null, new Dictionary<int, long>()), cancellationToken);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken)
    {
        var bounds = new List<PartitionBounds>();
        foreach (var (topic, source) in _sources)
            bounds.AddRange((await source.BoundsAsync(cancellationToken)).Select(b => b with { Partition = TopicPattern.NumberOf(new RecordPlace(topic, b.Partition)) }));
        return bounds;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (clock.GetElapsedTime(_looked) >= interval || _sources.Count == 0)
            await TryFindAsync(isLater: true, cancellationToken);
        if (_sources.Count == 0)
        {
            await Task.Delay(wait < Pause ? wait : Pause, clock, cancellationToken);
            return [];
        }

        // Each gives what it has; only if none has anything are they waited for, one after the other.
        var batch = new List<Record>();
        foreach (var each in new[] { TimeSpan.Zero, wait / _sources.Count })
        {
            foreach (var (topic, source) in _sources)
                foreach (var record in await source.ReadAsync(Math.Max(1, maxRecords / _sources.Count), each, cancellationToken))
                {
                    var place = new RecordPlace(topic, record.Partition);
                    batch.Add(record with { Partition = TopicPattern.NumberOf(place), Place = place });
                }

            if (batch.Count > 0 || wait == TimeSpan.Zero)
                break;
        }

        return batch;
    }

    /// <inheritdoc />
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        foreach (var source in _sources.Values)
            await source.CommitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken)
    {
        var all = new List<PartitionLag>();
        foreach (var (topic, source) in _sources)
        {
            if (await source.LagAsync(cancellationToken) is not { } lags)
                return null;
            all.AddRange(lags.Select(l => l with { Partition = TopicPattern.NumberOf(new RecordPlace(topic, l.Partition)) }));
        }

        return all.Count == 0 ? null : all;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values)
            await source.DisposeAsync();
        directory.Dispose();
    }

    /// <summary>Looks for topics, and opens those that are new; returns false if the brokers did not answer.</summary>
    private async Task<bool> TryFindAsync(bool isLater, CancellationToken cancellationToken)
    {
        _looked = clock.GetTimestamp();
        IReadOnlyList<string> topics;
        try
        {
            topics = await directory.TopicsAsync(cancellationToken);
        }
        catch (SourceUnavailableException e)
        {
            if (!_isSilent)
                logger.With(("Topic", Topic)).LogWarning("{Message}; still trying", e.Message);
            _isSilent = true;
            if (_sources.Count == 0)
                _health = new SourceHealth(false, e.Message, _health is { IsUp: false, IsMissing: false, Since: { } since } ? since : clock.GetUtcNow());
            return false;
        }

        _isSilent = false;
        foreach (var topic in topics.Where(t => matches(t) && !_sources.ContainsKey(t)).Order(StringComparer.Ordinal))
        {
            TopicPattern.RequireApart(topic, _sources.Keys);
            var source = create(topic, isLater);
            try
            {
                await source.OpenAsync(cancellationToken);
            }
            catch
            {
                await source.DisposeAsync();
                throw;
            }

            _sources.Add(topic, source);
            _opened = [.. _sources.Values];
        }

        if (_sources.Count > 0)
        {
            _health = new SourceHealth(true);
        }
        else if (!_health.IsMissing)
        {
            var message = $"no topic matches '{TopicPattern.Option}' = '{pattern.Text}'";
            _health = new SourceHealth(false, message, clock.GetUtcNow(), IsMissing: true);
            logger.With(("Topic", Topic)).LogWarning("{Message}; waiting for one", message);
        }

        return true;
    }
}
