using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>Rows as messages: one, or, where it would be too large, several.</summary>
internal static class RowsPacker
{
    public static IEnumerable<byte[]> Pack(IReadOnlyList<RowChange> rows, IReadOnlyList<FailedRow> failures)
    {
        var writer = new StateWriter();
        new GroupAnswer(rows, failures, 0).Write(writer);
        if (writer.Written.Length <= MessageLimits.MaxBytes || rows.Count + failures.Count <= 1)
            return [writer.Written.ToArray()];
        var (r, f) = (rows.Count / 2, failures.Count / 2);
        return [.. Pack([.. rows.Take(r)], [.. failures.Take(f)]), .. Pack([.. rows.Skip(r)], [.. failures.Skip(f)])];
    }
}
