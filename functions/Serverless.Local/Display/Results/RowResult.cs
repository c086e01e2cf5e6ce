using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Local.Display.Results;

/// <summary>A row: of <c>run --until-idle</c> and the demo, and of <c>show</c> and <c>query</c>.</summary>
/// <param name="Table">The table's name in the script; absent in the rows of a query.</param>
/// <param name="Row">
/// The values by column. Numbers of at most 15 digits, and integers up to 2⁵³, are JSON numbers with the digits they are kept with, as every reader has them exactly;
/// longer ones are text, and so are dates, times and, in hexadecimal digits, bytes.
/// </param>
internal sealed record RowResult([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Table, JsonObject Row);
