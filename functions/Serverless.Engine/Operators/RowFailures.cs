using System.Globalization;

namespace Serverless.Engine.Operators;

/// <summary>
/// The rows that could not be made, such as those of a division by a sum that is zero for now. They contribute nothing further on, and so does their removal. A row of a
/// single record is that record's failure for good; others are counted until they are removed.
/// </summary>
internal sealed class RowFailures
{
    /// <summary>The records of the batch that failed, each with the reason.</summary>
    public SortedDictionary<int, string> Records { get; } = [];

    /// <summary>The other rows, each with the change of its weight and the reason.</summary>
    public List<(string Row, long Weight, string Reason)> Rows { get; } = [];

    /// <summary>Adds a row of an operator's input that it can make nothing of.</summary>
    public void Add(Delta delta, int row, string reason)
    {
        if (delta.Records is { } records)
            Records.TryAdd(records[row], reason);
        else
            Add(delta, row, reason, delta.Weights[row]);
    }

    /// <summary>Adds a row that is made of several records, with a weight.</summary>
    public void Add(Delta delta, int row, string reason, long weight) => Rows.Add((string.Join(" | ", delta.Columns.Select(c => Text(c.Box(row)))), weight, reason));

    internal static string Text(object? value) => value switch
    {
        null => "NULL",
        byte[] bytes => Convert.ToHexString(bytes),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
