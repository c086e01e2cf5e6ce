namespace Serverless.Connectors.Kafka;

/// <summary>Names the topics of a cluster.</summary>
internal interface ITopicDirectory : IDisposable
{
    /// <summary>Returns the names of all topics that this user may see.</summary>
    /// <exception cref="SourceUnavailableException">The brokers do not answer; waiting helps.</exception>
    /// <exception cref="ConnectorException">They do not tell this user.</exception>
    Task<IReadOnlyList<string>> TopicsAsync(CancellationToken cancellationToken);
}
