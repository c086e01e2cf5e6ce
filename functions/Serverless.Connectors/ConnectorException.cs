namespace Serverless.Connectors;

/// <summary>A source or sink that cannot work as the script says. The message is for the user: what is wrong and what to do; it never holds a secret.</summary>
public class ConnectorException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public ConnectorException() { }

    /// <summary>Makes one with a message.</summary>
    public ConnectorException(string message) : base(message) { }

    /// <summary>Makes one with a message and its cause.</summary>
    public ConnectorException(string message, Exception inner) : base(message, inner) { }
}
