namespace Serverless.Connectors;

/// <summary>Keeps, with the state of a job, which topic it is made of.</summary>
public interface ITopicStore
{
    /// <summary>Returns the topic that was kept last; null if none was.</summary>
    Task<TopicIdentity?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Returns what keeps one of several topics that a source reads.</summary>
    ITopicStore Of(string topic);

    /// <summary>Keeps a topic. When it returns, that is durable.</summary>
    Task SaveAsync(TopicIdentity topic, CancellationToken cancellationToken);
}
