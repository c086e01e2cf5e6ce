using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Serverless.Engine.Tests.Sql;

/// <summary>Whatever the text, the parser ends soon, with statements or with errors.</summary>
public class ParserRobustnessTests
{
    private static readonly string[] Pieces =
    [
        "SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "INSERT INTO", "CREATE TABLE", "CREATE VIEW", "SET", "WITH", "AS", "AND", "OR", "NOT",
        "IN", "IS", "NULL", "BETWEEN", "LIKE", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST", "INTERVAL", "PRIMARY KEY", "WATERMARK FOR", "ROW",
        "INT", "ARRAY", "DISTINCT", "FILTER", "EXTRACT", "TRIM", "POSITION", "OVER", "JOIN", "BEGIN STATEMENT SET", "EXECUTE STATEMENT SET BEGIN",
        "LEFT JOIN", "CROSS JOIN", "ON", "USING", "LATERAL", "TABLE", "UNNEST", "FOR SYSTEM_TIME AS OF", "DESCRIPTOR", "PARTITION BY", "ORDER BY",
        "ROWS BETWEEN", "PRECEDING", "CURRENT ROW", "WINDOW", "QUALIFY", "UNION ALL", "INTERSECT", "EXCEPT", "LIMIT", "OFFSET", "FETCH FIRST",
        "VALUES", "EXISTS", "GROUPING SETS", "ROLLUP", "/*+", "OPTIONS", "=>", "(SELECT", "(a, b)",
        "a", "b", "t", "版本", "`q`", "'s'", "1", "1.5", "1a", "(", ")", "[", "]", ",", ".", ";", "+", "-", "*", "/", "%", "=", "<>", "<", ">", "||",
        "'", "`", "\"", "--", "/*", "*/", "\n", "‘", "”", "；", "（", "😀", "\ud800", "\0", "{", "$", ":",
    ];

    public static IEnumerable<TheoryDataRow<string>> Scripts => DataFiles.Named("Scripts", "*.sql");

    public static IEnumerable<TheoryDataRow<string>> DeepTexts() =>
    [
        Deep(n => new string('(', n)),
        Deep(n => new string('(', n) + "a" + new string(')', n)),
        Deep(n => string.Concat(Enumerable.Repeat("f(", n))),
        Deep(n => string.Concat(Enumerable.Repeat("CASE WHEN ", n))),
        Deep(n => string.Concat(Enumerable.Repeat("NOT ", n)) + "a"),
        Deep(n => string.Concat(Enumerable.Repeat("- ", n)) + "a"),
        Deep(n => string.Concat(Enumerable.Repeat("a + ", n)) + "a"),
        Deep(n => string.Concat(Enumerable.Repeat("a OR ", n)) + "a"),
        Deep(n => string.Concat(Enumerable.Repeat("a || ", n)) + "a"),
        Deep(n => "a" + string.Concat(Enumerable.Repeat(" IS NULL", n))),
        Deep(n => "a" + string.Concat(Enumerable.Repeat(" = b", n))),
        Deep(n => "CAST(a AS " + string.Concat(Enumerable.Repeat("ROW<a ", n))),
        Deep(n => "CAST(a AS " + string.Concat(Enumerable.Repeat("ARRAY<", n))),
        Deep(n => "a FROM " + string.Concat(Enumerable.Repeat("(SELECT a FROM ", n))),
        Deep(n => "a FROM " + new string('(', n / 4)),
        Deep(n => "a FROM " + new string('(', n) + "SELECT a"),
        Deep(n => "a FROM x" + string.Concat(Enumerable.Repeat(" UNION ALL SELECT a FROM x", n / 4)) + " UNION ALL SELECT a"),
        Deep(n => "a FROM x" + string.Concat(Enumerable.Repeat(" INTERSECT SELECT a FROM x", n / 4)) + " UNION ALL SELECT a"),
        Deep(n => "a FROM x" + string.Concat(Enumerable.Repeat(" JOIN x ON TRUE", n / 4)) + " UNION ALL SELECT a"),
        Deep(n => "a FROM x" + string.Concat(Enumerable.Repeat(", x", n / 4)) + " UNION ALL SELECT a"),
        Deep(n => "a FROM " + string.Concat(Enumerable.Repeat("(WITH x AS ", n / 4))),
        Deep(n => "a FROM " + string.Concat(Enumerable.Repeat("f(TABLE (SELECT a FROM ", n / 4))),
        Deep(n => "a FROM x WHERE " + string.Concat(Enumerable.Repeat("EXISTS (SELECT a FROM x WHERE ", n / 4))),
        Deep(n => "a FROM x WHERE " + string.Concat(Enumerable.Repeat("a IN (SELECT a FROM x WHERE ", n / 4))),
        Deep(n => string.Concat(Enumerable.Repeat("SUM(a) OVER (ORDER BY ", n / 4))),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_cut_off_anywhere_is_parsed_or_refused(string name)
    {
        var text = DataFiles.Read("Scripts", name);
        for (var length = 0; length <= text.Length; length++)
            ParseAndRender(text[..length]);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_with_pieces_dropped_doubled_or_put_in_is_parsed_or_refused(string name)
    {
        var text = DataFiles.Read("Scripts", name);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var at = random.Next(text.Length);
            var length = random.Next(Math.Min(20, text.Length - at));
            var change = random.Next(3) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                _ => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
            };
            ParseAndRender(change);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_soup_of_tokens_is_parsed_or_refused(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 3000; i++)
        {
            var soup = new StringBuilder(random.Next(2) == 0 ? "INSERT INTO t SELECT " : "");
            for (var n = random.Next(40); n > 0; n--)
                soup.Append(Pieces[random.Next(Pieces.Length)]).Append(random.Next(4) == 0 ? "" : " ");
            ParseAndRender(soup.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(DeepTexts))]
    public void Deep_nesting_is_an_error_and_no_overflow(string text)
    {
        var errors = OnASmallStack(() => ParserTests.Parse("deep.sql", "INSERT INTO t SELECT " + text + " FROM s;").Diagnostics.All);
        Assert.Contains(errors, error => error.Message.Contains("levels deep", StringComparison.Ordinal) || error.Message.Contains("in a row", StringComparison.Ordinal));
        Assert.All(errors, error => Assert.True(error.ToString().Length < 200_000));
    }

    [Theory]
    [InlineData("f(", ")")]
    [InlineData("TRIM(a FROM ", ")")]
    [InlineData("CASE WHEN ", " THEN 1 END")]
    [InlineData("COUNT(*) FILTER (WHERE ", ")")]
    [InlineData("SUM(a) OVER (ORDER BY ", ")")]
    [InlineData("(SELECT ", " FROM x)")]
    [InlineData("a IN (SELECT ", ")")]
    [InlineData("a FROM (SELECT ", ") AS x")]
    [InlineData("a FROM x JOIN (SELECT ", " FROM x) AS y ON TRUE")]
    [InlineData("a FROM (x JOIN (SELECT ", " FROM x) AS y ON TRUE)")]
    public void Nesting_within_the_limit_does_not_overflow_a_small_stack(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 35)) + "a" + string.Concat(Enumerable.Repeat(close, 35));
        var errors = OnASmallStack(() => ParserTests.Parse("deep.sql", $"INSERT INTO t SELECT {text} FROM s").Diagnostics.All);
        Assert.All(errors, error => Assert.Contains("levels deep", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("((((((((((((((((((((((((((((((a + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1)")]
    [InlineData("CASE WHEN a THEN CASE WHEN a THEN CASE WHEN a THEN f(g(h(i(j(k(l(m(n(o(p(q(r(s(t(u(v(w(1)))))))))))))))))) END END END")]
    public void What_people_write_is_not_too_deep(string expression)
    {
        Assert.Empty(ParserTests.Parse("deep.sql", $"INSERT INTO t SELECT {expression} FROM s").Diagnostics.All);
    }

    [Theory]
    [InlineData(" UNION ALL SELECT a FROM s", 200)]
    [InlineData(" JOIN s ON TRUE", 100)]
    [InlineData(", s", 100)]
    public void Many_queries_and_tables_in_a_row_have_a_limit(string more, int most)
    {
        var script = "INSERT INTO t SELECT a FROM s" + string.Concat(Enumerable.Repeat(more, most));
        Assert.Empty(ParserTests.Parse("many.sql", script).Diagnostics.All);
        Assert.Contains("in a row", Assert.Single(ParserTests.Parse("many.sql", script + more).Diagnostics.All).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_may_be_long()
    {
        var numbers = string.Join(", ", Enumerable.Range(0, 20_000).Select(i => (-i).ToString(CultureInfo.InvariantCulture)));
        var watch = Stopwatch.StartNew();
        var (statements, diagnostics) = ParserTests.Parse("long.sql", $"INSERT INTO t SELECT a FROM s WHERE a IN ({numbers})");
        Assert.Single(statements);
        Assert.Empty(diagnostics.All);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    private static TheoryDataRow<string> Deep(Func<int, string> make)
    {
        var text = make(10_000);
        return new(text) { TestDisplayName = $"{nameof(Deep_nesting_is_an_error_and_no_overflow)}: {text[..40]}…" };
    }

    private static void ParseAndRender(string text)
    {
        var (statements, diagnostics) = ParserTests.Parse("fuzz.sql", text);
        foreach (var statement in statements)
            Assert.NotEmpty(SyntaxDump.Of(statement));
        foreach (var diagnostic in diagnostics.All)
        {
            Assert.InRange(diagnostic.Span.Start, 0, text.Length);
            Assert.InRange(diagnostic.Span.End, 0, text.Length);
            Assert.Equal(3, diagnostic.ToString().Split('\n').Length);
        }
    }

    private static T OnASmallStack<T>(Func<T> run)
    {
        var result = default(T);
        var thread = new Thread(() => result = run(), 300 * 1024);
        thread.Start();
        thread.Join();
        return result!;
    }
}
