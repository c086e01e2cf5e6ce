using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases;

/// <summary>Something in which a table of a database is not as its script needs it.</summary>
/// <param name="Severity">An error where no row could be written or tables would be wrong; a warning where some rows could be.</param>
/// <param name="Column">The column of the script it is about, as an index; null where it is about the table.</param>
/// <param name="Message">What it is, and what to do.</param>
public sealed record Finding(Severity Severity, int? Column, string Message);
