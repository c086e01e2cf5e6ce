using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Dashboard.Tests;

public sealed class ChartRuleTests
{
    // Columns as "name kind", those of the key with a star, those that follow a timeline with two; then kind, day, x and series.
    [Theory]
    [InlineData("*appkey text, serverid text, amount double, *dt text", "bar dt appkey amount")]
    [InlineData("*summary_date date, **summary_min text, pv bigint, uv bigint, currenttime timestamp", "line summary_date summary_min pv uv")]
    [InlineData("*day date, **label text, n bigint", "line day label n")] // whatever it is called, it follows the timeline
    [InlineData("**d date, **m text, n bigint", "line d m n")]
    [InlineData("**d date, n bigint", "line - d n")]
    [InlineData("**at timestamp, n bigint", "line - at n")]
    [InlineData("*app text, **at timestamp, n bigint", "line - at n")]
    [InlineData("*app text, *at time, n bigint", "line - at n")]
    [InlineData("*app text, *at time, n bigint, price decimal", "line - at price")] // a line for each app: of one value
    [InlineData("*hour text, *order_date text, n bigint", "line order_date hour n")]
    [InlineData("*start_time text, *p_dt text, n bigint", "line p_dt start_time n")]
    [InlineData("*app text, *dt text, *day date, n bigint", "bar day app n")] // a DATE before a name
    [InlineData("*dt bigint, n bigint", "bar - dt n")] // a number is no day
    [InlineData("*birthday text, n bigint", "bar - birthday n")]
    [InlineData("*day date, a bigint, b bigint, c double, d decimal, e bigint", "line - day a b c d")]
    [InlineData("*app text, a bigint, b decimal, c double", "bar - app b")]
    [InlineData("*app text, *region text, a bigint, b decimal, c double", "bar - app b")]
    [InlineData("*app text, *day date, a bigint, b bigint", "bar day app a")]
    [InlineData("*app text, *minimum text, a bigint", "bar - app a")]
    [InlineData("*app text, name text", "-")] // no number
    [InlineData("*n bigint", "-")] // a key is no value
    [InlineData("app text, n bigint", "-")] // no key
    public void A_table_begins_with_the_chart_that_its_key_tells(string columns, string expected)
    {
        var parts = columns.Split(", ").Select(c => c.Split(' ')).ToArray();
        var table = new TableDefinition(
            "t", new TextSpan(0, 1), [.. parts.Select(p => new TableColumn(p[0].TrimStart('*'), TypeOf(p[1]), false))],
            [.. Indices("*")], new TableOptions([]));

        var chart = ChartRule.Of(table, [.. Indices("**")]);

        Assert.Equal(expected, chart is null ? "-" : $"{chart.Kind} {chart.Day ?? "-"} {chart.X} {string.Join(' ', chart.Series)}");

        IEnumerable<int> Indices(string mark) => Enumerable.Range(0, parts.Length).Where(i => parts[i][0].StartsWith(mark, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("shop.days")]
    [InlineData("shop.minutes", 0)]
    public void The_timelines_columns_are_those_of_the_key_that_are_made_of_its_bucket(string job, params int[] columns) =>
        Assert.Equal(columns, ChartRule.TimelineOf(Scripts.Compile(Scripts.Sales).Single(j => j.Name == job)));

    private static SqlType TypeOf(string kind) => kind switch
    {
        "text" => SqlType.String,
        "bigint" => SqlType.BigInt,
        "double" => SqlType.Double,
        "decimal" => SqlType.Decimal(10, 2),
        "date" => SqlType.Date,
        "time" => SqlType.Time(),
        "timestamp" => SqlType.Timestamp(),
        _ => throw new ArgumentException(kind),
    };
}
