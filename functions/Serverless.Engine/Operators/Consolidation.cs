using Serverless.Engine.State;

namespace Serverless.Engine.Operators;

/// <summary>Adds up the weights of equal rows, so that what was added and removed again is gone.</summary>
internal static class Consolidation
{
    /// <summary>Returns a delta in which no row stands twice; the same one if no row is removed.</summary>
    public static Delta Of(Delta delta)
    {
        if (!delta.HasRemovals)
            return delta;
        var codec = new RowCodec([.. Enumerable.Range(0, delta.Columns.Length)]);
        var writer = new StateWriter();
        var known = new Dictionary<byte[], int>(ByteKeys.Comparer);
        var find = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        var rows = new List<(int Row, long Weight)>();
        for (var row = 0; row < delta.Count; row++)
        {
            writer.Clear();
            codec.Write(writer, delta.Columns, row);
            if (find.TryGetValue(writer.Written, out var at))
            {
                rows[at] = (rows[at].Row, rows[at].Weight + delta.Weights[row]);
                continue;
            }

            known.Add(writer.Written.ToArray(), rows.Count);
            rows.Add((row, delta.Weights[row]));
        }

        var result = delta.Empty();
        foreach (var (row, weight) in rows)
            if (weight != 0)
                result.Add(delta, row, weight);
        return result;
    }
}
