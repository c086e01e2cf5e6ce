namespace Serverless.Local.Display.Results;

/// <summary>A change that a <c>print</c> table prints.</summary>
/// <param name="Printed">The line, such as <c>+U[a1, 139.4]</c>.</param>
internal sealed record PrintedResult(string Printed);
