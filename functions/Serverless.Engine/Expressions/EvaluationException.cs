namespace Serverless.Engine.Expressions;

/// <summary>
/// A value that cannot become what an expression makes of it: a failed cast, a division by zero, a number out of range. It concerns
/// one event or one row, never the job; the message says what and why, without a position.
/// </summary>
public sealed class EvaluationException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public EvaluationException() { }

    /// <summary>Makes one with a message.</summary>
    public EvaluationException(string message) : base(message) { }

    /// <summary>Makes one with a message and its cause.</summary>
    public EvaluationException(string message, Exception inner) : base(message, inner) { }
}
