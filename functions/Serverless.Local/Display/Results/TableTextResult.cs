namespace Serverless.Local.Display.Results;

/// <summary>What <c>ddl</c> prints of a table.</summary>
/// <param name="Script">The script, as the command line names it.</param>
/// <param name="Table">The table's name in the script.</param>
/// <param name="Jobs">The jobs that write it.</param>
/// <param name="Sql">What makes it; null if it is in no database.</param>
internal sealed record TableTextResult(string Script, string Table, IReadOnlyList<string> Jobs, string? Sql);
