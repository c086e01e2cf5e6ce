namespace Serverless.Connectors.Kafka;

/// <summary>A topic that has to be there, is not, and cannot be made.</summary>
public sealed class MissingTopicException : ConnectorException
{
    /// <summary>Makes one without a message.</summary>
    public MissingTopicException() { }

    /// <summary>Makes one with a message.</summary>
    public MissingTopicException(string message) : base(message) { }

    /// <summary>Makes one with a message and its cause.</summary>
    public MissingTopicException(string message, Exception inner) : base(message, inner) { }
}
