using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// Dead letters as the records of a topic (<see cref="DeadLetterMessage"/>), acknowledged by all of its replicas. A record that is delivered again is
/// produced again: letters with one job, topic, partition and offset are one.
/// </summary>
/// <param name="settings">The source's topic and how to reach its brokers.</param>
/// <param name="topic">The topic for the letters; it is made, with one partition, where the brokers allow it.</param>
/// <param name="logger">Told what the client library says.</param>
public sealed class KafkaDeadLetters(KafkaSettings settings, string topic, ILogger logger) : IDeadLetters
{
    // Of a row's key, in a letter that has to be cut.
    private const int MaxCutRow = 200;

    // Fewer than the client's queue takes.
    private const int MaxInFlight = 10_000;

    private readonly ConcurrentDictionary<string, long> _written = [];
    private readonly DeadLetterTail _tail = new(settings, topic);
    private readonly ConnectionWatch _connection = new(settings);
    private IProducer<Null, byte[]>? _producer;

    /// <summary>How long brokers may take to tell of the topic.</summary>
    public TimeSpan TopicPatience { get; init; } = ConnectorFactory.DefaultTopicPatience;

    /// <inheritdoc />
    public string Place => $"topic {topic} of Kafka at {settings.BootstrapServers}";

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _producer ??= Build();
        var specification = new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = -1 };
        await new TopicCreation(specification, "for dead letters", settings, _connection, TopicPatience)
            .EnsureAsync(_producer.Handle, $"name another one with '{DeadLetterTopic.Option}', ", cancellationToken);
    }

    /// <inheritdoc />
    public async Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var producer = _producer ?? throw new InvalidOperationException("the dead letters are not open");
        try
        {
            foreach (var some in letters.Chunk(MaxInFlight))
            {
                var areWritten = await Task.WhenAll(some.Select(l => TryWriteAsync(producer, DeadLetterMessage.Of(l, settings.Topic), cancellationToken)));
                // Brokers refuse a batch as a whole: which of its letters is too large, each says alone.
                foreach (var letter in some.Where((_, i) => !areWritten[i]))
                    await WriteCutAsync(producer, letter, cancellationToken);
            }
        }
        catch (KafkaException e)
        {
            throw new SinkUnavailableException($"dead letters cannot be written to topic '{topic}': {Describe(e.Error)}");
        }
        _connection.Forget();
        foreach (var letter in letters)
            _written.AddOrUpdate(letter.Job, 1, (_, known) => known + 1);
    }

    // False where it is too large for the topic.
    private async Task<bool> TryWriteAsync(IProducer<Null, byte[]> producer, Message<Null, byte[]> message, CancellationToken cancellationToken)
    {
        try
        {
            await producer.ProduceAsync(topic, message, cancellationToken);
            return true;
        }
        catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            return false;
        }
    }

    // A letter that the topic does not take would hold up its job for ever: its value is halved until it fits, and what is left says so.
    private async Task WriteCutAsync(IProducer<Null, byte[]> producer, DeadLetter letter, CancellationToken cancellationToken)
    {
        if (await TryWriteAsync(producer, DeadLetterMessage.Of(letter, settings.Topic), cancellationToken))
            return;
        for (var length = letter.Value.Length / 2; ; length /= 2)
        {
            var cut = letter with
            {
                Value = letter.Value[..length],
                Reason = $"{letter.Reason} (only the first {length} of the value's {letter.Value.Length} bytes: topic '{topic}' takes no larger letter)",
                Row = letter.Row is { Length: > MaxCutRow } row ? row[..MaxCutRow] + "…" : letter.Row,
            };
            if (await TryWriteAsync(producer, DeadLetterMessage.Of(cut, settings.Topic), cancellationToken))
            {
                logger.LogWarning(
                    "A dead letter of job {Job} is too large for topic {Topic}: only the first {Length} of its value's {Size} bytes are kept; raise the topic's 'max.message.bytes'",
                    letter.Job, topic, length, letter.Value.Length);
                return;
            }
            if (length == 0)
                throw new SinkUnavailableException($"dead letters cannot be written to topic '{topic}': it takes not even one without a value; raise the topic's 'max.message.bytes'");
        }
    }

    /// <inheritdoc />
    public Task<long> CountAsync(string? job, CancellationToken cancellationToken) =>
        Task.FromResult(job is null ? _written.Values.Sum() : _written.GetValueOrDefault(job));

    /// <summary>The last letters of a job among the last of the topic, which other jobs may share.</summary>
    /// <inheritdoc />
    public Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken) => _tail.LastAsync(job, most, cancellationToken);

    /// <inheritdoc />
    public Task<long?> TotalAsync(string job, CancellationToken cancellationToken) => _tail.TotalAsync(job, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _tail.DisposeAsync();
        _producer?.Dispose();
        _producer = null;
    }

    private IProducer<Null, byte[]> Build()
    {
        try
        {
            // What fails is told where letters are written.
            return new ProducerBuilder<Null, byte[]>(settings.ForProducer(TopicCreation.Patience))
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

    // A letter that was not acknowledged in time says nothing of why.
    private string Describe(Error error) => _connection.Hear(error) is var told && KafkaErrors.IsHandshake(told) ? _connection.Describe(told) : error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed => "this user may not; allow it to Write and Describe the topic",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => "it is gone; create it",
        ErrorCode.Local_MsgTimedOut => $"the brokers at {settings.BootstrapServers} do not acknowledge them",
        _ => _connection.Describe(told),
    };
}
