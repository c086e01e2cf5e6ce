using System.Text.RegularExpressions;
using Serverless.Engine;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Dashboard;

/// <summary>Chooses the chart of a table by its key: lines over the times of a day, of one value where there is one for each of the key's other values; bars where there are no times.</summary>
internal static partial class ChartRule
{
    private const int MostLines = 4;

    /// <summary>The key columns of a job's sink that follow its timeline, as indices; none without one.</summary>
    public static IReadOnlyList<int> TimelineOf(Job job) =>
        [.. job.Sink.PrimaryKey.Where(c => HasBucket(job.Outputs[c]))];

    /// <summary>The chart; null where there is nothing to draw, or nothing to draw it over.</summary>
    /// <param name="table">The table.</param>
    /// <param name="timeline">The key columns that follow a timeline, as indices.</param>
    public static Chart? Of(TableDefinition table, IReadOnlyList<int> timeline)
    {
        int[] numbers = [.. Enumerable.Range(0, table.Columns.Count).Except(table.PrimaryKey).Where(c => TypeOf(c).IsNumeric)];
        if (table.PrimaryKey.Count == 0 || numbers.Length == 0)
            return null;
        int value = First(numbers, c => TypeOf(c).IsNumber) ?? numbers[0];
        var day = First(table.PrimaryKey, c => TypeOf(c).Kind == SqlKind.Date) ?? First(table.PrimaryKey, c => IsText(c) && DayName().IsMatch(NameOf(c)));
        int[] rest = [.. table.PrimaryKey.Where(c => c != day)];
        var time = First(rest, timeline.Contains)
            ?? First(rest, c => TypeOf(c).Kind is SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz)
            ?? First(rest, c => IsText(c) && TimeName().IsMatch(NameOf(c)));
        if (time is { } x)
            return new Chart("line", day is { } d ? NameOf(d) : null, NameOf(x), rest.Length > 1 ? [NameOf(value)] : [.. numbers.Take(MostLines).Select(NameOf)]);
        return rest.Length > 0
            ? new Chart("bar", day is { } chosen ? NameOf(chosen) : null, NameOf(rest[0]), [NameOf(value)])
            : new Chart("line", null, NameOf(table.PrimaryKey[0]), [.. numbers.Take(MostLines).Select(NameOf)]);

        SqlType TypeOf(int column) => table.Columns[column].Type;
        string NameOf(int column) => table.Columns[column].Name;
        bool IsText(int column) => TypeOf(column).Kind == SqlKind.String;
    }

    private static int? First(IEnumerable<int> columns, Func<int, bool> condition) => columns.Where(condition).Select(c => (int?)c).FirstOrDefault();

    // A key over a timeline's bucket is made of casts and DATE_FORMAT alone.
    private static bool HasBucket(Scalar scalar) => scalar switch
    {
        BucketScalar => true,
        CallScalar call => call.Arguments.Any(HasBucket),
        TryScalar tried => HasBucket(tried.Operand),
        _ => false,
    };

    [GeneratedRegex("^(dt|day|date|ds|p_dt)$|_(date|day|dt)$", RegexOptions.IgnoreCase)]
    private static partial Regex DayName();

    [GeneratedRegex("(^|_)(minute|hour|time|min)s?$", RegexOptions.IgnoreCase)]
    private static partial Regex TimeName();
}
