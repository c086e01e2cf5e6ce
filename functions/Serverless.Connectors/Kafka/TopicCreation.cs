using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Serverless.Connectors.Kafka;

/// <summary>Makes sure that a topic to write to is there: looks for it, makes it, or waits for brokers that make a topic when they are asked for it.</summary>
/// <param name="topic">The topic.</param>
/// <param name="what">What it is for, behind its name in messages.</param>
/// <param name="settings">How its brokers are reached.</param>
/// <param name="connection">Knows why they do not answer.</param>
/// <param name="topicPatience">How long they may take to tell of it.</param>
internal sealed class TopicCreation(TopicSpecification topic, string what, KafkaSettings settings, ConnectionWatch connection, TimeSpan topicPatience)
{
    // Short, as a stop waits for it; who writes tries again.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes sure of it.</summary>
    /// <param name="client">A client that is connected to the brokers.</param>
    /// <param name="remedy">What to do, apart from creating it, if it cannot be made.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SinkUnavailableException">The brokers could not be asked: try again later.</exception>
    /// <exception cref="MissingTopicException">It is not there and cannot be made.</exception>
    public async Task EnsureAsync(Handle client, string remedy, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var admin = new DependentAdminClientBuilder(client).Build();
        var isThere = await Task.Run(() => IsThere(admin), cancellationToken);
        connection.Forget();
        if (isThere || await TryCreateAsync(admin, cancellationToken) is not { } why)
            return;
        // Brokers that make a topic when they are asked for it take a moment.
        while (!await Task.Run(() => IsThere(admin), cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience && IsPassing(why))
                throw new SinkUnavailableException($"the topic '{topic.Name}' {what} cannot be made: {connection.Describe(connection.Hear(why))}");
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new MissingTopicException(
                    $"the topic '{topic.Name}' {what} is not at {settings.BootstrapServers} and cannot be made: {settings.Redact(why.Reason)}; create it, "
                    + $"{remedy}or have the brokers make topics (auto.create.topics.enable)");
            await Task.Delay(Pause, cancellationToken);
        }
    }

    // Why it cannot; null if the topic is there.
    private async Task<Error?> TryCreateAsync(IAdminClient admin, CancellationToken cancellationToken)
    {
        try
        {
            await admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience }).WaitAsync(cancellationToken);
            return null;
        }
        catch (CreateTopicsException e) when (e.Results.Find(r => r.Topic == topic.Name) is { } result)
        {
            return result.Error.Code == ErrorCode.TopicAlreadyExists ? null : result.Error;
        }
        catch (KafkaException e)
        {
            return e.Error;
        }
    }

    private bool IsThere(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(topic.Name, topicPatience).Topics.Exists(t => t.Topic == topic.Name && !t.Error.IsError && t.Partitions.Count > 0);
        }
        catch (KafkaException e)
        {
            throw new SinkUnavailableException($"the topic '{topic.Name}' {what} cannot be looked for: {connection.Describe(connection.Hear(e.Error))}");
        }
    }

    private static bool IsPassing(Error error) =>
        error.Code is ErrorCode.NotController or ErrorCode.RequestTimedOut or ErrorCode.Local_Transport;
}
