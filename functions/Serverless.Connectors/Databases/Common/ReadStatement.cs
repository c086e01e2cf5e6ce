namespace Serverless.Connectors.Databases.Common;

/// <summary>A question to a table.</summary>
/// <param name="Text">Its SQL: names of the script's table, and parameters.</param>
/// <param name="Values">What the parameters stand for, in their order.</param>
/// <param name="Columns">The columns it answers with, as indices into the script's.</param>
internal sealed record ReadStatement(string Text, IReadOnlyList<object> Values, IReadOnlyList<int> Columns);
