using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Serverless.Connectors.Kafka;

/// <summary>Sends events to a topic, each acknowledged by the brokers.</summary>
public sealed class KafkaProducer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan PollSlice = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly ConnectionWatch _connection;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly ConcurrentDictionary<(ConnectionFault, ErrorCode), bool> _said = new();

    /// <summary>Makes one; it connects with the first record.</summary>
    /// <exception cref="ConnectorException">The client library refuses a setting.</exception>
    public KafkaProducer(KafkaSettings settings, ILogger logger)
    {
        _connection = new ConnectionWatch(settings);
        try
        {
            _producer = new ProducerBuilder<byte[], byte[]>(settings.ForProducer(Patience))
                .SetLogHandler((_, message) => _connection.Hear(message, logger))
                .SetErrorHandler((_, error) => Hear(error, logger))
                .Build();
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            throw new ConnectorException($"{settings}: {settings.Redact(e.Message)}");
        }
    }

    /// <summary>Sends events, and returns when the brokers have all of them.</summary>
    /// <param name="topic">The topic; brokers usually make one that is not there.</param>
    /// <param name="events">The events, each a JSON object.</param>
    /// <param name="recordKey">What becomes a record's key; null for none.</param>
    /// <param name="progress">Told the number sent so far, now and then.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <returns>The number of events sent.</returns>
    /// <exception cref="ConnectorException">The brokers did not take a record.</exception>
    public Task<long> SendAsync(
        string topic, IAsyncEnumerable<byte[]> events, RecordKey? recordKey = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        SendThroughAsync(null, topic, events, recordKey, progress, null, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _producer.Dispose();

    internal async Task<long> SendThroughAsync(
        FeedGate? gate, string topic, IAsyncEnumerable<byte[]> events, RecordKey? recordKey, IProgress<long>? progress, Action<long, byte[], string>? refused,
        CancellationToken cancellationToken)
    {
        Error? failure = null;
        var isLetIn = false;
        var (sent, number) = (0L, 0L);
        await foreach (var value in events.WithCancellation(cancellationToken))
        {
            number++;
            var key = recordKey?.Of(value);
            var bytes = value.Length + (key?.Length ?? 0);
            if (bytes > gate?.Largest)
            {
                var reason = string.Create(CultureInfo.InvariantCulture, $"the record has {bytes:N0} bytes, and the embedded broker keeps at most {gate.Largest:N0} of one: feed it to a Kafka broker");
                (refused ?? throw new ConnectorException($"topic '{topic}': {reason}"))(number, value, reason);
                continue;
            }
            if (gate is not null)
                await gate.EnterAsync(bytes, cancellationToken);
            await ProduceAsync(topic, key, value, report =>
            {
                if (report.Error.IsError)
                {
                    Interlocked.CompareExchange(ref failure, report.Error, null);
                    gate?.Failed(bytes);
                }
                else
                {
                    if (!Interlocked.Exchange(ref isLetIn, true))
                        _connection.Forget();
                    gate?.Delivered(report.Partition, report.Offset, bytes);
                }
            }, cancellationToken);
            ThrowIfRefused(topic, Volatile.Read(ref isLetIn));
            if (Volatile.Read(ref failure) is not null)
                break;
            if (++sent % 10_000 == 0)
                progress?.Report(sent);
        }
        while (await Task.Run(() => _producer.Flush(PollSlice), cancellationToken) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfRefused(topic, Volatile.Read(ref isLetIn));
        }
        if (failure is not null)
            throw new ConnectorException($"the brokers did not take a record for topic '{topic}': {Describe(failure)}");
        progress?.Report(sent);
        return sent;
    }

    private string Describe(Error error) => error.Code == ErrorCode.TopicAuthorizationFailed
        ? "this user may not write to it: allow it to Write and Describe the topic"
        : _connection.Describe(_connection.Hear(error));

    // A wrong password does not become right by waiting; one that was right may be again.
    private void ThrowIfRefused(string topic, bool isLetIn)
    {
        if (!isLetIn && _connection.Refusal is { } refusal)
            throw new ConnectorException($"cannot send to topic '{topic}': {_connection.Describe(refusal)}");
    }

    // A broker that is down says so many times a second, and in several ways. Of a refusal who sends is told.
    private void Hear(Error error, ILogger logger)
    {
        var told = _connection.Hear(error);
        var connection = ConnectionError.Of(told);
        var fault = connection.Fault;
        // Why nobody answers may come a moment later than that.
        if (fault == ConnectionFault.Unreachable && !connection.IsWithoutConnection && Stopwatch.GetElapsedTime(_began) < Silence)
            return;
        if (KafkaErrors.IsPassing(told) && _said.TryAdd((fault, fault == ConnectionFault.None ? told.Code : ErrorCode.NoError), true))
            logger.LogWarning("{Error}; still trying", _connection.Describe(told));
    }

    private async ValueTask ProduceAsync(
        string topic, byte[]? key, byte[] value, Action<DeliveryReport<byte[], byte[]>> delivered, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _producer.Produce(topic, new Message<byte[], byte[]> { Key = key!, Value = value }, delivered);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
            }
            catch (ProduceException<byte[], byte[]> e)
            {
                throw new ConnectorException($"cannot send to topic '{topic}': {_connection.Describe(e.Error)}");
            }
        }
    }
}
