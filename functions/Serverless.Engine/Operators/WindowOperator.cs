using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// <c>HOP</c> and <c>CUMULATE</c>: a row becomes one for each window that its time falls into, with the window's start and end behind its columns. (<c>TUMBLE</c> is a
/// calculation: every time has one window.)
/// </summary>
/// <param name="types">The types of the output's columns: the input's, then start and end.</param>
/// <param name="time">The place of the time.</param>
/// <param name="window">The windows.</param>
internal sealed class WindowOperator(IReadOnlyList<SqlType> types, int time, WindowAssigner window) : StatelessOperator(types)
{
    public override void Apply(int input, Delta delta, Delta output, RowFailures failures)
    {
        var width = delta.Columns.Length;
        for (var row = 0; row < delta.Count; row++)
        {
            if (delta.Columns[time].IsNull(row))
            {
                failures.Add(delta, row, "the time of the window is NULL");
                continue;
            }

            var at = delta.Columns[time];
            foreach (var (start, end) in window.WindowsOf(TicksOf(at, row)))
            {
                for (var i = 0; i < width; i++)
                    output.Columns[i].Append(delta.Columns[i], row);
                AppendTicks(output.Columns[width], start);
                AppendTicks(output.Columns[width + 1], end);
                output.Add(delta.Weights[row]);
                if (delta.Records is { } records)
                    output.Records?.Add(records[row]);
            }
        }
    }

    internal static long TicksOf(Column column, int row) =>
        column is Column<DateTime?> local ? local.Values[row]!.Value.Ticks : ((Column<DateTimeOffset?>)column).Values[row]!.Value.UtcTicks;

    internal static void AppendTicks(Column column, long ticks)
    {
        if (column is Column<DateTime?> local)
            local.Append(new DateTime(ticks));
        else
            ((Column<DateTimeOffset?>)column).Append(new DateTimeOffset(ticks, TimeSpan.Zero));
    }
}
