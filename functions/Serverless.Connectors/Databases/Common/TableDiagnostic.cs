using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Common;

/// <summary>A way in which a table of a database does not match its script.</summary>
/// <param name="Severity">An error where no row could be written or tables would be wrong; a warning where some rows could be.</param>
/// <param name="Column">The column of the script it is about, as an index; null if it is about the table.</param>
/// <param name="Message">What it is, and what to do.</param>
public sealed record TableDiagnostic(Severity Severity, int? Column, string Message);
