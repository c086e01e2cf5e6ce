namespace Serverless.Local.Display.Events;

/// <summary><c>results</c>: where the tables of embedded sinks are.</summary>
/// <param name="File">The SQLite file.</param>
internal sealed record ResultsEvent(string File) : TerminalEvent("results");
