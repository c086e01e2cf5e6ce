namespace Serverless.Dashboard;

/// <summary>The chart to show a table with at first.</summary>
/// <param name="Kind">How the values are drawn: <c>line</c> or <c>bar</c>.</param>
/// <param name="Day">The column that a day is chosen by; null where all rows are shown.</param>
/// <param name="X">The column along the axis.</param>
/// <param name="Series">The columns of the values.</param>
internal sealed record Chart(string Kind, string? Day, string X, IReadOnlyList<string> Series);
