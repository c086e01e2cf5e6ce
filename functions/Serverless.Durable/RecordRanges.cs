using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>Ranges of records that are read one behind the other.</summary>
internal static class RecordRanges
{
    /// <summary>Returns a range's records; the first says that the offsets between it and the last record of the range before hold none, where that is so.</summary>
    /// <param name="range">The range.</param>
    /// <param name="behind">The offset behind the last record so far; moved.</param>
    /// <param name="asked">The offset that the range was asked from.</param>
    public static IReadOnlyList<Record> After(this RecordRange range, ref long behind, long asked)
    {
        // What is deleted held something.
        if (range.First > asked)
            behind = range.First;
        if (range.Records.Count == 0)
            return range.Records;
        var from = Math.Min(behind, range.Records[0].From);
        behind = range.Records[^1].Offset + 1;
        return from == range.Records[0].From ? range.Records : [range.Records[0] with { From = from }, .. range.Records.Skip(1)];
    }
}
