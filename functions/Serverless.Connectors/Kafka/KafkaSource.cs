using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// Reads all partitions of a topic. It assigns them itself, without a group's rebalancing: the state made of the records belongs to this
/// process. The group only keeps the offsets.
/// </summary>
public sealed class KafkaSource : ISource
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    // Short, as it cannot be stopped and hides a wrong password; the connection goes on being made in between.
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstMetadataTimeout = TimeSpan.FromMilliseconds(250);
    // The client is not polled meanwhile, and cannot tell why nobody answers.
    private static readonly TimeSpan LagTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollSlice = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PartitionCheck = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Repetition = TimeSpan.FromSeconds(30);
    // What passes within this is not told: a client that is cut off does not know why until it has tried again.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);
    private const int SlowReconnect = 2_000;
    private static readonly TimeSpan TopicCheck = TimeSpan.FromMilliseconds(500);

    private readonly KafkaSettings _settings;
    private readonly string _groupId;
    private readonly ILogger _logger;
    private readonly ReadProgress.Reader? _progress;
    private readonly ITopicStore? _store;
    private readonly Dictionary<int, long> _positions = [];
    private readonly Dictionary<int, long> _delivered = []; // behind the last record that was returned, or where reading began
    private readonly Dictionary<int, long> _committed = [];
    private readonly Dictionary<(ConnectionFault, ErrorCode), long> _lastLogged = [];
    private readonly ConnectionWatch _connection;
    private IConsumer<byte[]?, byte[]>? _consumer;
    private IAdminClient? _admin;
    private Task _commit = Task.CompletedTask;
    private ConnectorException? _failure;
    private long _lastPartitionCheck;
    private TopicIdentity? _known;
    private string? _topicId;
    private volatile SourceHealth _health = new(null);
    private Loss? _loss;
    private bool _isOpen;
    private bool _isRefused;
    private bool _isSlow;

    /// <summary>Makes one; nothing happens before <see cref="OpenAsync"/>.</summary>
    /// <param name="settings">The topic and how to reach it.</param>
    /// <param name="groupId">The consumer group that keeps the offsets.</param>
    /// <param name="logger">Told what is waited for and what was lost.</param>
    /// <param name="store">Keeps which topic was read; null for nowhere.</param>
    public KafkaSource(KafkaSettings settings, string groupId, ILogger logger, ITopicStore? store = null) : this(settings, groupId, logger, store, null) { }

    internal KafkaSource(KafkaSettings settings, string groupId, ILogger logger, ITopicStore? store, EmbeddedBroker? broker)
    {
        (_settings, _groupId, _logger, _connection) = (settings, groupId, logger, new ConnectionWatch(settings));
        // An embedded broker's topics end with the process, and so does what is known of them.
        _store = broker is null ? store : null;
        _progress = broker?.Progress.Attach(settings.Topic);
    }

    /// <inheritdoc />
    public string Topic => _settings.Topic;

    /// <summary>Whether records have their keys, too.</summary>
    public bool ReadsKeys { get; init; }

    /// <inheritdoc />
    public SourceHealth Health => _health;

    /// <summary>Connects. Brokers that do not answer are waited for, here; a topic that is not there yet is waited for when reading.</summary>
    /// <exception cref="ConnectorException">The settings are wrong, or the brokers do not let this user in.</exception>
    /// <exception cref="ConnectorException">The topic was made anew since it was read.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _known = _store is null ? null : await _store.LoadAsync(cancellationToken);
        await Task.Run(() => Open(cancellationToken), cancellationToken);
    }

    private void Open(CancellationToken cancellationToken)
    {
        Connect(_settings.ForConsumer(_groupId));
        var timeout = FirstMetadataTimeout / 2;
        Insist(
            "the topic's partitions",
            () =>
            {
                timeout = TimeSpan.FromTicks(Math.Min(timeout.Ticks * 2, MetadataTimeout.Ticks));
                FindPartitions(_settings.Startup, timeout, cancellationToken);
            },
            cancellationToken);
        _isOpen = true;
    }

    private void Connect(ConsumerConfig config)
    {
        // The embedded broker answers a fetch that finds nothing only when its wait is over, whatever comes in between.
        if (_progress is not null)
            config.FetchWaitMaxMs = 5;
        try
        {
            _consumer = new ConsumerBuilder<byte[]?, byte[]>(config)
                .SetKeyDeserializer(new KeyBytes(ReadsKeys))
                .SetErrorHandler((_, error) => OnError(error))
                .SetLogHandler((_, message) => _connection.Hear(message, _logger))
                .Build();
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            // Without its cause: no text of it may reach a log.
            throw new ConnectorException($"{_settings}: {_settings.Redact(e.Message)}");
        }
        _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
    }

    // All brokers refuse a login that was good before. The client takes new connections to them, twenty a second, each without the back-off of the one
    // before; with a longer base of it, one a second. Not from the start: the base is waited for there, too.
    private void TryLess()
    {
        _isRefused = false;
        if (_isSlow)
            return;
        _isSlow = true;
        Disconnect();
        var config = _settings.ForConsumer(_groupId);
        config.ReconnectBackoffMs = Math.Min(SlowReconnect, config.ReconnectBackoffMaxMs ?? SlowReconnect);
        Connect(config);
        Opened().IncrementalAssign(_positions.Select(p => new TopicPartitionOffset(Topic, p.Key, p.Value)));
    }

    private void Disconnect()
    {
        _admin?.Dispose();
        _consumer?.Close();
        _consumer?.Dispose();
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) => Task.Run<IReadOnlyList<PartitionBounds>>(() =>
    {
        var consumer = Opened();
        return [.. _positions.OrderBy(p => p.Key).Select(p =>
        {
            var ends = Insist("the partitions' ends", () => consumer.QueryWatermarkOffsets(new(Topic, p.Key), RequestTimeout), cancellationToken);
            return new PartitionBounds(p.Key, ends.Low, p.Value, ends.High);
        })];
    }, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<Record>>(() => Read(maxRecords, wait, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (_store is not null && _positions.Any(p => !_committed.TryGetValue(p.Key, out var committed) || committed != p.Value))
            await _store.SaveAsync(new TopicIdentity(_topicId, new Dictionary<int, long>(_positions)), cancellationToken);
        await Task.Run(() => Commit(cancellationToken), cancellationToken);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken)
    {
        var consumer = Opened();
        if (_positions.Count == 0)
            return null;
        // What the last fetch said will do while there is much to read; that nothing is left, only the broker knows.
        var ends = _positions.Keys.ToDictionary(p => p, p => consumer.GetWatermarkOffsets(new(Topic, p)).High.Value);
        var drained = _positions.Where(p => ends[p.Key] <= p.Value).Select(p => p.Key).ToList();
        if (drained.Count > 0 && !await TryAskEndsAsync(drained, ends, cancellationToken))
            return null;
        return [.. _positions.OrderBy(p => p.Key).Select(p => new PartitionLag(p.Key, Math.Max(0, ends[p.Key] - p.Value)))];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _progress?.Dispose();
        if (_consumer is null)
            return;
        // Closing would wait for the answer to a commit that was given up; the process ends without.
        if (_commit.IsCompleted)
            await Task.Run(Disconnect);
        _consumer = null;
    }

    // One request for all of them, where the consumer would send one for each.
    private async Task<bool> TryAskEndsAsync(List<int> partitions, Dictionary<int, long> ends, CancellationToken cancellationToken)
    {
        var latest = partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = new(Topic, p), OffsetSpec = OffsetSpec.Latest() });
        try
        {
            var answer = await _admin!.ListOffsetsAsync(latest, new ListOffsetsOptions { RequestTimeout = LagTimeout }).WaitAsync(cancellationToken);
            var found = answer.ResultInfos.Select(r => r.TopicPartitionOffsetError).ToList();
            // The client calls it a success, too, if no broker answers in time.
            if (found.Exists(e => e.Offset < 0))
                throw new KafkaException(ErrorCode.Local_TimedOut);
            foreach (var end in found)
                ends[end.Partition] = end.Offset;
            IsUp();
            return true;
        }
        catch (KafkaException e)
        {
            IsDown(_connection.Describe(_connection.Hear(e.Error)));
            OnError(e.Error);
            ThrowIfFailed();
            return false;
        }
    }

    private IConsumer<byte[]?, byte[]> Opened() => _consumer ?? throw new InvalidOperationException("the source is not open");

    private List<Record> Read(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        var batch = new List<Record>();
        var started = Stopwatch.GetTimestamp();
        ThrowIfFailed();
        try
        {
            // Once it holds a record a batch is always returned: what left the client's queue does not come again.
            while (batch.Count < maxRecords)
            {
                if (batch.Count == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    CheckPartitions(cancellationToken);
                    TellOfLoss();
                    if (_isRefused && _health.IsUp is false)
                        TryLess();
                }
                var left = wait - Stopwatch.GetElapsedTime(started);
                var slice = batch.Count > 0 || left < TimeSpan.Zero ? TimeSpan.Zero : left < PollSlice ? left : PollSlice;
                if (!TryConsume(Opened(), slice, batch, cancellationToken) && (batch.Count > 0 || left <= TimeSpan.Zero))
                    break;
            }
        }
        catch (ConnectorException e) when (batch.Count > 0)
        {
            _failure = e;
        }
        if (batch.Count == 0)
            ThrowIfFailed();
        _progress?.Report(_positions);
        return batch;
    }

    // Whether something came, be it a record or the end of a partition.
    private bool TryConsume(IConsumer<byte[]?, byte[]> consumer, TimeSpan wait, List<Record> batch, CancellationToken cancellationToken)
    {
        try
        {
            var result = consumer.Consume(wait);
            if (result is null)
                return false;
            IsUp();
            // A partition's end may lie behind records nobody is to see, such as a transaction's marker.
            _positions[result.Partition] = result.IsPartitionEOF ? Math.Max(_positions[result.Partition], result.Offset) : result.Offset + 1;
            if (result.IsPartitionEOF)
                return true;
            // The client reads on from offset to offset, and says so if one is no more: what it leaves out holds no record.
            batch.Add(new Record(result.Partition, result.Offset, result.Message.Timestamp.UnixTimestampMs, result.Message.Value) { From = _delivered[result.Partition], Key = result.Message.Key }.WithMetadata(result));
            _delivered[result.Partition] = result.Offset + 1;
            return true;
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            ResetPosition(consumer, e.ConsumerRecord.Partition, cancellationToken);
            return true;
        }
        catch (ConsumeException e) when (e.Error.Code == ErrorCode.UnknownTopicOrPart)
        {
            Say(e.Error, $"topic '{Topic}' is gone; waiting for it");
            IsDown($"topic '{Topic}' is gone", isMissing: true);
            // It may come back as another one.
            _lastPartitionCheck = 0;
            return false;
        }
        catch (KafkaException e)
        {
            OnError(e.Error);
            ThrowIfFailed();
            return false;
        }
    }

    // The offset to read next is not in the topic: what was before its beginning is lost.
    private void ResetPosition(IConsumer<byte[]?, byte[]> consumer, int partition, CancellationToken cancellationToken)
    {
        var position = _positions[partition];
        var ends = Insist("the partitions' ends", () => consumer.QueryWatermarkOffsets(new(Topic, partition), RequestTimeout), cancellationToken);
        // Whatever the job may do about records that are deleted: those of another topic are not its own.
        CheckIdentity();
        ThrowIfAnotherTopic(new TopicIdentity(null, _positions), new Dictionary<int, long> { [partition] = ends.High.Value });
        var what = $"{ends.Low.Value - position} records of topic '{Topic}', partition {partition}, from offset {position} on, were deleted before they were read";
        if (_settings.Startup.Reset == OffsetReset.None)
            throw new ConnectorException($"{what}; 'properties.auto.offset.reset' is 'none', so the job stops");
        var next = _settings.Startup.Reset == OffsetReset.Latest ? ends.High.Value : ends.Low.Value;
        _logger.With(("Topic", Topic), ("Partition", partition)).LogWarning("{What}; reading goes on at offset {Offset}", what, next);
        _positions[partition] = _delivered[partition] = next;
        // A fetcher that has stopped cannot seek.
        consumer.IncrementalUnassign([new TopicPartition(Topic, partition)]);
        consumer.IncrementalAssign([new TopicPartitionOffset(Topic, partition, next)]);
    }

    private void CheckPartitions(CancellationToken cancellationToken)
    {
        if (Stopwatch.GetElapsedTime(_lastPartitionCheck) < (_positions.Count == 0 ? TopicCheck : PartitionCheck))
            return;
        try
        {
            // What comes to be while the job runs is read from its beginning.
            FindPartitions(StartupPosition.Default, MetadataTimeout, cancellationToken);
        }
        catch (KafkaException e)
        {
            OnError(e.Error);
        }
    }

    // Starts to read the partitions that are not read yet.
    private void FindPartitions(StartupPosition startup, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _lastPartitionCheck = Stopwatch.GetTimestamp();
        if (TopicSearch.Find(_admin!, Topic, timeout) is not { } topic)
        {
            if (!_health.IsMissing)
            {
                var missing = TopicSearch.Missing(_admin!, _settings, MetadataTimeout);
                _logger.LogWarning("{Missing}; waiting for it", missing);
                IsDown(missing, isMissing: true);
            }
            return;
        }
        IsUp();
        CheckIdentity();
        var found = topic.Partitions.Select(p => p.PartitionId).Where(p => !_positions.ContainsKey(p)).ToArray();
        if (found.Length == 0)
            return;
        if (_known is { } known)
            ThrowIfAnotherTopic(known, Insist("the partitions' ends", () => found.Where(known.Next.ContainsKey).ToDictionary(p => p, p => Opened().QueryWatermarkOffsets(new(Topic, p), RequestTimeout).High.Value), cancellationToken));
        var starts = Insist("the offsets to start at", () => StartingOffsets(found, startup, cancellationToken), cancellationToken);
        Opened().IncrementalAssign(starts);
        foreach (var start in starts)
            _positions[start.Partition] = _delivered[start.Partition] = start.Offset;
        _logger.LogInformation("Reading topic '{Topic}': {Count} partitions", Topic, _positions.Count);
        _progress?.Report(_positions);
    }

    private void CheckIdentity()
    {
        if (_store is null)
            return;
        try
        {
            var id = TopicSearch.IdOf(_admin!, Topic, MetadataTimeout);
            ThrowIfAnotherTopic(new TopicIdentity(_topicId ?? _known?.Id, new Dictionary<int, long>()), new Dictionary<int, long>(), id);
            _topicId = id ?? _topicId ?? _known?.Id;
        }
        catch (KafkaException e)
        {
            _topicId ??= _known?.Id;
            _logger.LogDebug("The id of topic '{Topic}' is not known: {Reason}", Topic, _settings.Redact(e.Message));
        }
    }

    private void ThrowIfAnotherTopic(TopicIdentity known, IReadOnlyDictionary<int, long> ends, string? id = null)
    {
        if (known.Mismatch(Topic, id, ends) is { } mismatch)
            throw new ConnectorException(mismatch);
    }

    private void IsUp()
    {
        if (_health.IsUp is true)
            return;
        _health = new SourceHealth(true);
        _connection.Forget();
        if (_loss is { Error.Code: ErrorCode.Local_AllBrokersDown })
            _loss = null;
    }

    private void IsDown(string message, bool isMissing = false) =>
        _health = new SourceHealth(false, message, _health is { IsUp: false, Since: { } since } ? since : TimeProvider.System.GetUtcNow(), isMissing);

    private List<TopicPartitionOffset> StartingOffsets(int[] partitions, StartupPosition startup, CancellationToken cancellationToken)
    {
        var consumer = Opened();
        var starts = new List<TopicPartitionOffset>();
        var chosen = new List<TopicPartitionOffset>();
        foreach (var committed in consumer.Committed(partitions.Select(p => new TopicPartition(Topic, p)), RequestTimeout))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (committed.Offset.Value >= 0)
            {
                starts.Add(committed);
                _committed[committed.Partition] = committed.Offset;
                continue;
            }
            var ends = consumer.QueryWatermarkOffsets(committed.TopicPartition, RequestTimeout);
            var start = new TopicPartitionOffset(committed.TopicPartition, startup.Mode switch
            {
                StartupMode.Latest => ends.High,
                StartupMode.Timestamp => OffsetAt(committed.TopicPartition, startup.Timestamp, ends.High),
                StartupMode.Offsets when startup.Offsets.TryGetValue(committed.Partition, out var offset) => offset,
                _ => ends.Low,
            });
            starts.Add(start);
            if (startup.Mode is StartupMode.Latest or StartupMode.Timestamp)
                chosen.Add(start);
        }
        // The end is somewhere else tomorrow: a job killed before its first commit must come back to where it began.
        if (chosen.Count > 0)
            Commit(chosen, cancellationToken);
        return starts;
    }

    private Offset OffsetAt(TopicPartition partition, long timestamp, Offset end)
    {
        var found = Opened().OffsetsForTimes([new TopicPartitionTimestamp(partition, new Timestamp(timestamp, TimestampType.NotAvailable))], RequestTimeout);
        return found[0].Offset.Value >= 0 ? found[0].Offset : end;
    }

    private void Commit(CancellationToken cancellationToken)
    {
        var offsets = _positions
            .Where(p => !_committed.TryGetValue(p.Key, out var committed) || committed != p.Value)
            .Select(p => new TopicPartitionOffset(Topic, p.Key, p.Value)).ToList();
        if (offsets.Count == 0)
            return;
        Insist("the offsets' commit", () => Commit(offsets, cancellationToken), cancellationToken);
        foreach (var offset in offsets)
            _committed[offset.Partition] = offset.Offset;
    }

    // The client waits for brokers as long as they are gone or refuse the login, says nothing meanwhile, and cannot be stopped: one who gives up leaves it to that.
    private void Commit(IEnumerable<TopicPartitionOffset> offsets, CancellationToken cancellationToken)
    {
        var consumer = Opened();
        _commit = Task.Run(() => consumer.Commit(offsets), CancellationToken.None);
        while (Task.WaitAny([_commit], (int)Silence.TotalMilliseconds, cancellationToken) < 0)
        {
            var error = _connection.Fault ?? new Error(ErrorCode.Local_TimedOut);
            var described = _connection.Describe(error);
            Say(error, $"waiting for the offsets' commit: {described}; still trying");
            IsDown(described);
        }
        _commit.GetAwaiter().GetResult();
        if (_health.IsUp is false)
            IsUp();
    }

    private void Insist(string what, Action request, CancellationToken cancellationToken) => Insist(what, () =>
    {
        request();
        return true;
    }, cancellationToken);

    // Repeats a request until it succeeds or fails for good.
    private T Insist<T>(string what, Func<T> request, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Error error;
            try
            {
                return request();
            }
            catch (KafkaException e) when (IsWaitedFor(e.Error))
            {
                error = e.Error;
            }
            catch (KafkaException e)
            {
                throw new ConnectorException(_connection.Describe(e.Error));
            }
            // What the client finds out itself, such as a wrong password, it tells when polled; nothing is assigned yet, so nothing comes.
            if (_positions.Count == 0)
                Opened().Consume(TimeSpan.Zero);
            ThrowIfFailed();
            error = _connection.Hear(error);
            var described = _connection.Describe(error);
            var isPlain = !_isOpen && ConnectionError.Of(error).IsWithoutConnection;
            if (KafkaErrors.IsHandshake(error) || isPlain || Stopwatch.GetElapsedTime(began) >= Silence)
                Say(error, $"waiting for {what}: {described}; still trying");
            IsDown(described);
            cancellationToken.WaitHandle.WaitOne(pause);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, TimeSpan.FromSeconds(5).Ticks));
        }
    }

    // A broker that goes down in the middle of a handshake looks like a wrong password, and a user who was let in before may be let in again.
    private bool IsWaitedFor(Error error) => KafkaErrors.IsPassing(error) || (_isOpen && KafkaErrors.IsHandshake(error));

    // Called by the client, on the thread that polls it or another.
    private void OnError(Error error)
    {
        if (!IsWaitedFor(error))
        {
            _failure ??= new ConnectorException(_connection.Describe(error));
            return;
        }
        var told = _connection.Hear(error);
        var isHandshake = KafkaErrors.IsHandshake(told);
        _isRefused |= !KafkaErrors.IsPassing(error);
        // One broker of several may be away while its partitions are read from others.
        if (error.Code == ErrorCode.Local_AllBrokersDown || (isHandshake && _health.IsUp is false))
            IsDown(_connection.Describe(told));
        if (_isOpen && !isHandshake)
        {
            _loss = new Loss(error.Code == ErrorCode.Local_AllBrokersDown ? error : told, _loss?.Since ?? Stopwatch.GetTimestamp());
            return;
        }
        _loss = null;
        // What else comes while it is opened, who waits for that tells.
        if (isHandshake)
            Say(told, $"{_connection.Describe(told)}; still trying");
    }

    private void TellOfLoss()
    {
        if (_loss is not { } loss || Stopwatch.GetElapsedTime(loss.Since) < Silence)
            return;
        _loss = null;
        var told = _connection.Hear(loss.Error);
        Say(told, $"{_connection.Describe(told)}; still trying");
    }

    private void Say(Error error, string message)
    {
        var fault = ConnectionError.Of(error).Fault;
        lock (_lastLogged)
        {
            // A broker that is down says so many times a second, and in several ways.
            var kind = (fault, fault == ConnectionFault.None ? error.Code : ErrorCode.NoError);
            if (_lastLogged.TryGetValue(kind, out var last) && Stopwatch.GetElapsedTime(last) < Repetition)
                return;
            _lastLogged[kind] = Stopwatch.GetTimestamp();
        }
        _logger.With(("Topic", Topic)).LogWarning("{Message}", message);
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw new ConnectorException(_failure.Message);
    }

    /// <summary>A connection that is lost, and is told of if it stays so.</summary>
    private sealed record Loss(Error Error, long Since);
}
