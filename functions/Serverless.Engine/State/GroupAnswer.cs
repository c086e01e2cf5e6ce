namespace Serverless.Engine.State;

/// <summary>What a group answers: its rows as they now are, for every value that the input touches, changed or not.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Failures">The rows that cannot be made as things stand.</param>
/// <param name="Duplicates">The events that had been applied before.</param>
public readonly record struct GroupAnswer(IReadOnlyList<RowChange> Rows, IReadOnlyList<FailedRow> Failures, int Duplicates)
{
    // A message of the former version begins with its number of rows, which is even: zigzag. This is odd.
    private const byte Mark = 1;

    /// <summary>Writes the rows, those that cannot be made among them: the message as a durable host stores it.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Mark);
        writer.Long(Rows.Count);
        foreach (var row in Rows)
            row.Write(writer);
        writer.Long(Failures.Count);
        foreach (var failure in Failures)
            failure.Write(writer);
    }

    /// <summary>Reads back what <see cref="Write"/> wrote.</summary>
    public static GroupAnswer Read(ReadOnlySpan<byte> message)
    {
        var reader = new StateReader(message, "a message of rows");
        var isFormer = message is [not Mark, ..];
        if (!isFormer)
            reader.Byte();
        var rows = new RowChange[reader.Count()];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = isFormer ? RowChange.ReadFormer(ref reader) : RowChange.Read(ref reader);
        var failures = new FailedRow[reader.Count()];
        for (var i = 0; i < failures.Length; i++)
            failures[i] = isFormer ? FailedRow.ReadFormer(ref reader) : FailedRow.Read(ref reader);
        reader.End();
        return new GroupAnswer(rows, failures, 0);
    }
}
