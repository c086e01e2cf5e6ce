using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>A row of a group, or one that cannot be made.</summary>
internal readonly record struct GroupRow(string Group, RowChange? Row, FailedRow? Failure)
{
    public string Key => Row?.Key ?? Failure!.Key;
}

/// <summary>Rows as messages: one, or, if it would be too large, several; each with the groups whose rows are in it.</summary>
internal static class RowsPacker
{
    public static IEnumerable<(byte[] Bytes, List<string> Groups)> Pack(IReadOnlyList<GroupRow> rows, int most = MessageLimits.MaxBytes)
    {
        var writer = new StateWriter();
        new GroupAnswer([.. rows.Select(r => r.Row).OfType<RowChange>()], [.. rows.Select(r => r.Failure).OfType<FailedRow>()], 0).Write(writer);
        if (writer.Written.Length <= most || rows.Count <= 1)
            return [(writer.Written.ToArray(), [.. rows.Select(r => r.Group).Distinct()])];
        return [.. Pack([.. rows.Take(rows.Count / 2)], most), .. Pack([.. rows.Skip(rows.Count / 2)], most)];
    }
}
