using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>Rows as bytes and back: equal rows have equal bytes, so that keyed state finds rows by them.</summary>
/// <param name="columns">The columns of a delta that are written, in this order.</param>
internal sealed class RowCodec(IReadOnlyList<int> columns)
{
    /// <summary>Writes a row of a delta.</summary>
    public void Write(StateWriter writer, Column[] from, int row)
    {
        foreach (var column in columns)
            Write(writer, from[column], row);
    }

    /// <summary>Appends a row that <see cref="Write(StateWriter, Column[], int)"/> wrote to columns from a place on.</summary>
    public void Read(ReadOnlySpan<byte> bytes, Column[] to, int at = 0)
    {
        var reader = new StateReader(bytes, "a row");
        for (var i = 0; i < columns.Count; i++)
            to[at + i].Read(ref reader);
    }

    // 1.0 and 1.00 are one number.
    private static void Write(StateWriter writer, Column column, int row)
    {
        if (column is Column<Number?> numbers)
            writer.Value(numbers.Values[row]?.Normalize());
        else if (column is Column<NestedValue?> nested)
            writer.Value(nested.Values[row]?.Normalize());
        else
            column.Write(writer, row);
    }
}
