namespace Serverless.Connectors.Databases.Common;

/// <summary>A parameter of a JDBC URL.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; empty if there is none.</param>
/// <param name="Start">Where in the URL it starts.</param>
/// <param name="Length">How many characters it has there.</param>
internal sealed record JdbcParameter(string Name, string Value, int Start, int Length);
