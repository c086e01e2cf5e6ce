using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>Rows between stages as bytes: what a message carries, and what waits to be sent.</summary>
public static class StageRowCodec
{
    private const byte Version = 1;

    /// <summary>Writes rows.</summary>
    public static byte[] Write(IReadOnlyCollection<NumberedRow> rows)
    {
        var writer = new StateWriter();
        writer.Byte(Version);
        writer.Long(rows.Count);
        var last = 0L;
        foreach (var (number, row) in rows)
        {
            writer.Long(number - last);
            writer.Long(row.Input);
            writer.Long(row.Weight);
            writer.Bytes(row.Row);
            last = number;
        }

        writer.Checksum();
        return writer.Written.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or of a later version.</exception>
    public static IReadOnlyList<NumberedRow> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes, "a message between stages");
        reader.Version(Version, Version);
        reader.Checksum();
        var rows = new NumberedRow[reader.Count()];
        var number = 0L;
        for (var i = 0; i < rows.Length; i++)
        {
            number += reader.Long();
            var (input, weight) = ((int)reader.Long(), reader.Long());
            rows[i] = new NumberedRow(number, new StageRow(input, reader.Bytes().ToArray(), weight));
        }

        reader.End();
        return rows;
    }

    /// <summary>Adds up the weights of equal rows; what was added and removed again is gone.</summary>
    public static IReadOnlyList<StageRow> Sum(IEnumerable<StageRow> rows)
    {
        var inputs = new SortedDictionary<int, RowCounts>();
        foreach (var row in rows)
        {
            if (!inputs.TryGetValue(row.Input, out var counts))
                inputs.Add(row.Input, counts = new RowCounts());
            counts.Add(row.Row, row.Weight);
        }

        return [.. inputs.SelectMany(i => i.Value.Rows, (i, r) => new StageRow(i.Key, r.Key, r.Value))];
    }
}
