namespace Serverless.Engine.Expressions;

/// <summary>
/// A value that cannot become what an expression makes of it: a failed cast, a division by zero, a number out of range. It concerns
/// one event or one row, never the job; the message says what and why, without a position.
/// </summary>
public sealed class EvaluationException : Exception
{
    /// <summary>What a script can say to have something else instead; null if there is nothing.</summary>
    public string? Remedy { get; init; }

    /// <summary>The message and the remedy: the reason of a dead letter.</summary>
    public string Reason => Remedy is null ? Message : $"{Message}; {Remedy}";

    /// <summary>Makes one without a message.</summary>
    public EvaluationException() { }

    /// <summary>Makes one with a message.</summary>
    public EvaluationException(string message) : base(message) { }

    /// <summary>Makes one with a message and its cause.</summary>
    public EvaluationException(string message, Exception inner) : base(message, inner) { }
}
