using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>Asks brokers for their topics.</summary>
/// <param name="settings">How to reach them.</param>
internal sealed class KafkaTopicDirectory(KafkaSettings settings) : ITopicDirectory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConnectionWatch _connection = new(settings);
    private IAdminClient? _admin;

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> TopicsAsync(CancellationToken cancellationToken) => Task.Run<IReadOnlyList<string>>(
        () =>
        {
            try
            {
                _admin ??= new AdminClientBuilder(settings.ForAdmin()).SetErrorHandler((_, e) => _connection.Hear(e)).SetLogHandler((_, _) => { }).Build();
                return [.. _admin.GetMetadata(Patience).Topics.Where(t => !t.Error.IsError).Select(t => t.Topic)];
            }
            catch (KafkaException e)
            {
                var error = _connection.Hear(e.Error);
                var message = _connection.Describe(error);
                throw KafkaErrors.IsPassing(error) ? new SourceUnavailableException(message) : new ConnectorException(message);
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                // Without its cause: no text of it may reach a log.
                throw new ConnectorException($"{settings}: {settings.Redact(e.Message)}");
            }
        },
        cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _admin?.Dispose();
}
