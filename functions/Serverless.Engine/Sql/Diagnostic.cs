namespace Serverless.Engine.Sql;

/// <summary>How much a <see cref="Diagnostic"/> matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing: where this differs from Flink, or what was ignored.</summary>
    Notice,

    /// <summary>Probably not what was meant; the job runs.</summary>
    Warning,

    /// <summary>The script cannot run.</summary>
    Error,
}

/// <summary>Something to say about a place in a script.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Source">The script.</param>
/// <param name="Span">The place.</param>
/// <param name="Message">What is wrong and what to do, in lower case and without a full stop.</param>
public sealed record Diagnostic(Severity Severity, SourceText Source, TextSpan Span, string Message)
{
    /// <summary>The diagnostic as a compiler prints it: position and message, the line, and a caret under the place.</summary>
    public override string ToString() => DiagnosticRenderer.Render(this);
}
