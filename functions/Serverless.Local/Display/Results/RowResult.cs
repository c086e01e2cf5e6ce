using System.Text.Json.Nodes;

namespace Serverless.Local.Display.Results;

/// <summary>A row of a result table: of <c>run --until-idle</c> and the demo.</summary>
/// <param name="Table">The table's name in the script.</param>
/// <param name="Row">
/// The values by column. Numbers of at most 15 digits, and integers up to 2⁵³, are JSON numbers with the digits they are kept with, as every reader has them exactly;
/// longer ones are text, and so are dates, times and, in hexadecimal digits, bytes.
/// </param>
internal sealed record RowResult(string Table, JsonObject Row);
