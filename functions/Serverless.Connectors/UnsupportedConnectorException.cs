namespace Serverless.Connectors;

/// <summary>A connector that scripts may name but that this version cannot run.</summary>
public sealed class UnsupportedConnectorException : ConnectorException
{
    /// <summary>Makes one without a message.</summary>
    public UnsupportedConnectorException() { }

    /// <summary>Makes one with a message.</summary>
    public UnsupportedConnectorException(string message) : base(message) { }

    /// <summary>Makes one with a message and its cause.</summary>
    public UnsupportedConnectorException(string message, Exception inner) : base(message, inner) { }
}
