namespace Serverless.Local.Display.Results;

/// <summary>What <c>check</c> found at a place in a script.</summary>
/// <param name="File">The script, as the command line names it.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>notice</c>.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record DiagnosticResult(string File, int Line, int Column, string Severity, string Message);
