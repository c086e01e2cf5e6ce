using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Serverless.Connectors.Registry;
using Serverless.Engine.Formats;
using Serverless.Engine.State;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// Rows as the records of a topic, acknowledged by all of its replicas. Of <c>upsert-kafka</c> the key is the row's primary key, and a deleted row is a record without a
/// value; to a <c>kafka</c> table rows are added, or in a changelog format added and taken away. Records that were not acknowledged are written again, so that some may stand there twice.
/// </summary>
/// <param name="settings">The topic and how to reach its brokers.</param>
/// <param name="encoders">Encode the key, if there is one, and the value.</param>
/// <param name="isUpsert">Whether the last record of a key is its row.</param>
/// <param name="maxRows">The most changes of one write.</param>
/// <param name="registry">Registers the schemas that are written by; null for nowhere.</param>
/// <param name="logger">Told what the client library says.</param>
public sealed class KafkaSink(
    KafkaSettings settings, (RowEncoder? Key, RowEncoder Value) encoders, bool isUpsert, int maxRows, (ISchemaPrefix? Key, ISchemaPrefix? Value) registry, ILogger logger) : ISink
{
    /// <summary>The most changes of one write where the script does not say; fewer than the client's queue takes.</summary>
    public const int DefaultMaxRows = 10_000;

    private readonly ConnectionWatch _connection = new(settings);
    private IProducer<byte[]?, byte[]?>? _producer;

    /// <inheritdoc />
    public int MaxRows { get; } = Math.Min(maxRows, DefaultMaxRows);

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _producer ??= Build();
        var specification = new TopicSpecification { Name = settings.Topic, NumPartitions = -1, ReplicationFactor = -1 };
        if (isUpsert)
            specification.Configs = new Dictionary<string, string> { ["cleanup.policy"] = "compact" };
        await new TopicCreation(specification, "for the rows", settings, _connection, ConnectorFactory.DefaultTopicPatience).EnsureAsync(_producer.Handle, "", cancellationToken);
        if (registry.Key is not null)
            await registry.Key.OpenAsync(cancellationToken);
        if (registry.Value is not null)
            await registry.Value.OpenAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var producer = _producer ?? throw new InvalidOperationException("the sink is not open");
        var refused = new List<RefusedChange>();
        var sent = new List<(RowChange Change, Task Delivery)>();
        foreach (var change in changes)
        {
            if (MessageOf(change, out var problem) is { } message)
                sent.Add((change, SendAsync(producer, message, cancellationToken)));
            else
                refused.Add(new RefusedChange(change, problem!));
        }

        KafkaException? failure = null;
        foreach (var (change, delivery) in sent)
        {
            try
            {
                await delivery;
            }
            catch (KafkaException e) when (e.Error.Code == ErrorCode.MsgSizeTooLarge)
            {
                refused.Add(new RefusedChange(change, $"topic '{settings.Topic}' takes no record as large: {e.Error.Reason}"));
            }
            catch (KafkaException e)
            {
                failure ??= e;
            }
        }

        if (failure is not null)
            throw new SinkUnavailableException($"rows cannot be written to topic '{settings.Topic}': {Describe(failure.Error)}");
        _connection.Forget();
        return refused;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _producer?.Dispose();
        _producer = null;
        return ValueTask.CompletedTask;
    }

    // A record that the client itself refuses fails as one that the brokers refuse.
    private async Task SendAsync(IProducer<byte[]?, byte[]?> producer, Message<byte[]?, byte[]?> message, CancellationToken cancellationToken) =>
        await producer.ProduceAsync(settings.Topic, message, cancellationToken);

    private Message<byte[]?, byte[]?>? MessageOf(RowChange change, out string? problem)
    {
        problem = null;
        try
        {
            return new Message<byte[]?, byte[]?>
            {
                Key = encoders.Key is { } key ? With(registry.Key, key.Encode(change.Values)) : null,
                Value = encoders.Value.EncodeChange(change) is { } value ? With(registry.Value, value) : null,
            };
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            problem = e.Message;
            return null;
        }
    }

    private static byte[] With(ISchemaPrefix? prefix, byte[] bytes) => prefix is null ? bytes : [.. prefix.Bytes.Span, .. bytes];

    private IProducer<byte[]?, byte[]?> Build()
    {
        try
        {
            var config = settings.ForProducer(TopicCreation.Patience);
            // A batch that is sent again never overtakes the next one.
            config.MaxInFlight = 1;
            return new ProducerBuilder<byte[]?, byte[]?>(config)
                .SetKeySerializer(Serializers.ByteArray!)
                .SetValueSerializer(Serializers.ByteArray!)
                .SetLogHandler((_, message) => _connection.Hear(message, logger))
                .SetErrorHandler((_, error) => _connection.Hear(error))
                .Build();
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            // Without its cause: no text of it may reach a log.
            throw new ConnectorException($"{settings}: {settings.Redact(e.Message)}");
        }
    }

    // A record that was not acknowledged in time says nothing of why.
    private string Describe(Error error) => _connection.Hear(error) is var told && KafkaErrors.IsHandshake(told) ? _connection.Describe(told) : error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed => "this user may not; allow it to Write and Describe the topic",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => "it is gone; create it",
        ErrorCode.Local_MsgTimedOut => $"the brokers at {settings.BootstrapServers} do not acknowledge them",
        _ => _connection.Describe(told),
    };
}
