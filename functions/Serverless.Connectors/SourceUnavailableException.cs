namespace Serverless.Connectors;

/// <summary>A source that cannot be read now and may be later.</summary>
public sealed class SourceUnavailableException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public SourceUnavailableException() { }

    /// <summary>Makes one with a message.</summary>
    public SourceUnavailableException(string message) : base(message) { }

    /// <summary>Makes one with a message and its cause.</summary>
    public SourceUnavailableException(string message, Exception inner) : base(message, inner) { }
}
