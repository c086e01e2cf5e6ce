using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Kafka;

/// <summary>Reads ranges of a topic with a consumer of its own, which is assigned its partition and joins no group. It connects when it is asked first.</summary>
/// <param name="settings">The topic and how to reach its brokers.</param>
/// <param name="group">The consumer group, whose name a client must have; nothing is committed to it.</param>
/// <param name="logger">Told what the client library says.</param>
public sealed class KafkaRangeReader(KafkaSettings settings, string group, ILogger logger) : IRangeReader
{
    /// <summary>The records of one answer.</summary>
    internal const int MaxRecords = 10_000;

    /// <summary>The bytes of one answer; the last record may go beyond.</summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollSlice = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConnectionWatch _connection = new(settings);
    private IConsumer<byte[]?, byte[]>? _consumer;
    private bool _isDisposed;

    /// <summary>Whether records have their keys, too.</summary>
    public bool ReadsKeys { get; init; }

    /// <inheritdoc />
    public Task<RecordRange> ReadAsync(int partition, long first, long last, CancellationToken cancellationToken) =>
        ReadAsync(partition, first, last, MaxRecords, cancellationToken);

    /// <inheritdoc />
    public async Task<OffsetRangeContent> InspectAsync(int partition, long first, long last, CancellationToken cancellationToken)
    {
        var next = first;
        while (true)
        {
            var range = await ReadAsync(partition, next, last, 1, cancellationToken);
            if (range.Records.Count > 0)
                return OffsetRangeContent.Records;
            if (range.First > next)
                return OffsetRangeContent.Deleted;
            if (range.Next > last)
                return OffsetRangeContent.NoRecord;
            next = range.Next;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        (var consumer, _consumer, _isDisposed) = (_consumer, null, true);
        _turn.Release();
        if (consumer is not null)
            await Task.Run(consumer.Dispose);
    }

    private async Task<RecordRange> ReadAsync(int partition, long first, long last, int maxRecords, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return await Task.Run(() => Read(new(settings.Topic, partition), first, last, maxRecords, cancellationToken), cancellationToken);
        }
        catch (KafkaException e)
        {
            throw Failure(e.Error, partition, first, last);
        }
        finally
        {
            _turn.Release();
        }
    }

    private RecordRange Read(TopicPartition partition, long first, long last, int maxRecords, CancellationToken cancellationToken)
    {
        var consumer = _consumer ??= Build();
        var ends = consumer.QueryWatermarkOffsets(partition, Patience);
        _connection.Forget();
        if (new TopicIdentity(null, new Dictionary<int, long> { [partition.Partition] = last + 1 })
            .Mismatch(partition.Topic, null, new Dictionary<int, long> { [partition.Partition] = ends.High.Value }) is { } mismatch)
            throw new ConnectorException(mismatch);
        var begin = Math.Max(first, ends.Low.Value);
        if (begin > last)
            return new RecordRange(last + 1, last + 1, []);
        consumer.Assign([new TopicPartitionOffset(partition, begin)]);
        try
        {
            return Consume(consumer, begin, last, maxRecords, cancellationToken);
        }
        finally
        {
            consumer.Unassign();
        }
    }

    private RecordRange Consume(IConsumer<byte[]?, byte[]> consumer, long begin, long last, int maxRecords, CancellationToken cancellationToken)
    {
        var records = new List<Record>();
        var (next, bytes, began) = (begin, 0L, Stopwatch.GetTimestamp());
        while (next <= last && records.Count < maxRecords && bytes < MaxBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (consumer.Consume(PollSlice) is not { } result)
            {
                // A fault that the client reports aside may be why nothing comes.
                if (_connection.Refusal is { } refusal)
                    throw new KafkaException(refusal);
                if (Stopwatch.GetElapsedTime(began) < Patience)
                    continue;
                if (next > begin)
                    break;
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "no record came in time"));
            }
            // What comes first behind an offset says that there is nothing in between.
            if (result.IsPartitionEOF || result.Offset > last)
            {
                next = Math.Min(result.Offset, last + 1);
                continue;
            }
            records.Add(new Record(result.Partition, result.Offset, result.Message.Timestamp.UnixTimestampMs, result.Message.Value) { From = next, Key = result.Message.Key }.WithMetadata(result));
            next = result.Offset + 1;
            bytes += result.Message.Value?.Length ?? 0;
        }
        return new RecordRange(begin, next, records);
    }

    private IConsumer<byte[]?, byte[]> Build()
    {
        var config = settings.ForConsumer(group);
        // A range is short: what is fetched beyond it is thrown away.
        config.QueuedMaxMessagesKbytes = MaxBytes / 1024;
        try
        {
            return new ConsumerBuilder<byte[]?, byte[]>(config)
                .SetKeyDeserializer(new KeyBytes(ReadsKeys))
                .SetErrorHandler((_, error) => _connection.Hear(error))
                .SetLogHandler((_, message) => _connection.Hear(message, logger))
                .Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new ConnectorException($"{settings}: {settings.Redact(e.Message)}");
        }
    }

    private Exception Failure(Error error, int partition, long first, long last)
    {
        // What the client finds out itself, such as a wrong password, it tells when polled.
        if (KafkaErrors.IsPassing(error))
            _consumer?.Consume(TimeSpan.Zero);
        error = _connection.Hear(error);
        var message = $"offsets {first} to {last} of topic '{settings.Topic}', partition {partition}, cannot be read: {_connection.Describe(error)}";
        // A user who is not let in now may be later.
        return KafkaErrors.IsPassing(error) || KafkaErrors.IsHandshake(error) ? new SourceUnavailableException(message) : new ConnectorException(message);
    }
}
