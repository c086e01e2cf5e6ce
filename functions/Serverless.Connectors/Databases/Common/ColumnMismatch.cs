using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Common;

/// <summary>A way in which a column of a database's table does not fit what the script writes into it.</summary>
/// <param name="Severity">An error where it takes no value; a warning where it takes some, or holds them as something else.</param>
/// <param name="Text">What it does, as in "it takes at most 10 characters".</param>
/// <param name="Alters">Whether it holds values as others, so that two may become one.</param>
internal sealed record ColumnMismatch(Severity Severity, string Text, bool Alters = false);
