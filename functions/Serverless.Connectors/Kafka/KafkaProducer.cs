using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Serverless.Connectors.Files;

namespace Serverless.Connectors.Kafka;

/// <summary>Sends events to a topic, each acknowledged by the brokers.</summary>
public sealed class KafkaProducer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly KafkaSettings _settings;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly ConcurrentDictionary<ErrorCode, bool> _said = new();

    /// <summary>Makes one; it connects with the first record.</summary>
    /// <exception cref="ConnectorException">The client library refuses a setting.</exception>
    public KafkaProducer(KafkaSettings settings, ILogger logger)
    {
        _settings = settings;
        try
        {
            _producer = new ProducerBuilder<byte[], byte[]>(settings.ForProducer(Patience))
                .SetLogHandler((_, message) => logger.LogDebug("{Message}", settings.Redact(message.Message)))
                .SetErrorHandler((_, error) => Say(error, logger))
                .Build();
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            throw new ConnectorException($"{settings}: {settings.Redact(e.Message)}");
        }
    }

    /// <summary>Sends the lines of a stream; blank ones are left out.</summary>
    /// <inheritdoc cref="SendAsync" path="/param|/returns|/exception" />
    public Task<long> SendLinesAsync(
        string topic, Stream lines, string? keyField = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        SendAsync(topic, LineReader.ReadAllAsync(lines, cancellationToken), keyField, progress, cancellationToken);

    /// <summary>Sends events, and returns when the brokers have all of them.</summary>
    /// <param name="topic">The topic; brokers usually make one that is not there.</param>
    /// <param name="events">The events, each a JSON object.</param>
    /// <param name="keyField">The field that becomes a record's key, so that events with one value keep their order; null for none.</param>
    /// <param name="progress">Told the number sent so far, now and then.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    /// <returns>The number of events sent.</returns>
    /// <exception cref="ConnectorException">The brokers did not take a record.</exception>
    public Task<long> SendAsync(
        string topic, IAsyncEnumerable<byte[]> events, string? keyField = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        SendThroughAsync(null, topic, events, keyField, progress, null, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _producer.Dispose();

    internal async Task<long> SendThroughAsync(
        FeedGate? gate, string topic, IAsyncEnumerable<byte[]> events, string? keyField, IProgress<long>? progress, Action<long, byte[], string>? refused,
        CancellationToken cancellationToken)
    {
        Error? failure = null;
        var (sent, number) = (0L, 0L);
        await foreach (var value in events.WithCancellation(cancellationToken))
        {
            number++;
            var key = keyField is null ? null : KeyOf(value, keyField);
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
                    gate?.Delivered(report.Partition, report.Offset, bytes);
                }
            }, cancellationToken);
            if (Volatile.Read(ref failure) is not null)
                break;
            if (++sent % 10_000 == 0)
                progress?.Report(sent);
        }
        await Task.Run(() => _producer.Flush(cancellationToken), cancellationToken);
        if (failure is not null)
            throw new ConnectorException($"the brokers did not take a record for topic '{topic}': {KafkaErrors.Describe(failure, _settings)}");
        progress?.Report(sent);
        return sent;
    }

    // A broker that is down says so many times a second, and in several ways.
    private void Say(Error error, ILogger logger)
    {
        var code = error.Code is ErrorCode.Local_Transport or ErrorCode.Local_Resolve ? ErrorCode.Local_AllBrokersDown : error.Code;
        if (_said.TryAdd(code, true))
            logger.LogWarning("{Error}; still trying", KafkaErrors.Describe(error, _settings));
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
                throw new ConnectorException($"cannot send to topic '{topic}': {KafkaErrors.Describe(e.Error, _settings)}");
            }
        }
    }

    // Text as it is, anything else as JSON writes it; null where the field is missing, or the event is no JSON object.
    private static byte[]? KeyOf(byte[] value, string field)
    {
        try
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(field);
                reader.Read();
                if (found)
                {
                    using var json = JsonDocument.ParseValue(ref reader);
                    return json.RootElement.ValueKind switch
                    {
                        JsonValueKind.Null => null,
                        JsonValueKind.String => System.Text.Encoding.UTF8.GetBytes(json.RootElement.GetString()!),
                        _ => System.Text.Encoding.UTF8.GetBytes(json.RootElement.GetRawText()),
                    };
                }
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is no UTF-8 is an InvalidOperationException.
            // A bad event is the job's to set aside, not the sender's to refuse.
        }
        return null;
    }
}
