namespace Serverless.Local.Display.Results;

/// <summary>A script: of <c>init</c>.</summary>
/// <param name="Script">Its text.</param>
internal sealed record ScriptResult(string Script);
