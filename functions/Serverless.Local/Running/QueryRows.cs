namespace Serverless.Local.Running;

/// <summary>What a query came to.</summary>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The rows, as SQLite has the values: <c>long</c>, <c>double</c>, <c>string</c>, <c>byte[]</c> or <c>DBNull</c>.</param>
/// <param name="HasMore">Whether there are more rows.</param>
internal sealed record QueryRows(IReadOnlyList<string> Columns, IReadOnlyList<object[]> Rows, bool HasMore);
