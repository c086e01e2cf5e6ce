using Serverless.Engine.Sql;

namespace Serverless.Engine.Tests.Sql;

public class DiagnosticRendererTests
{
    [Fact]
    public void The_carets_stand_under_the_whole_place() => Renders(
        "SELECT\n  , count (client_id) as pv\nFROM t", "client_id", Severity.Error,
        """
        job.sql:2:12: error: here
            2 |   , count (client_id) as pv
              |            ^^^^^^^^^
        """);

    [Fact]
    public void The_line_number_is_aligned() => Renders(
        new string('\n', 40) + "a b", "b", Severity.Warning,
        """
        job.sql:41:3: warning: here
           41 | a b
              |   ^
        """);

    [Fact]
    public void Tabs_stay_tabs() => Renders("\ta\tb", "b", Severity.Notice, "job.sql:1:4: notice: here\n    1 | \ta\tb\n      | \t \t^");

    [Fact]
    public void East_Asian_characters_take_two_columns() => Renders(
        "'统计' 日期 x", "日期", Severity.Error,
        """
        job.sql:1:6: error: here
            1 | '统计' 日期 x
              |        ^^^^
        """);

    [Theory]
    [InlineData("'password' = 's3cret', 'x'", "'password' = '******', 'x'")]
    [InlineData("password='it''s', x", "password='*****', x")]
    [InlineData("'properties.sasl.jaas.config' = 'x required password=\"s3cret\";', x", "'properties.sasl.jaas.config' = '*****************************', x")]
    [InlineData("'url' = 'jdbc:mysql://h/d?user=u&password=s3cret&x=1'", "'url' = 'jdbc:mysql://h/d?user=u&password=******&x=1'")]
    [InlineData("'password' = '${PASSWORD}', x", "'password' = '${PASSWORD}', x")]
    [InlineData("`token` = ``, x", "`token` = ``, x")]
    [InlineData("'password' = ‘s3cret’, x", "'password' = ‘******’, x")]
    [InlineData("'password' = \"s3cret\", x", "'password' = \"******\", x")]
    [InlineData("'password' = 's3cret", "'password' = '******")]
    [InlineData("'url' = 'jdbc:mysql://root:s3cret@h/d'", "'url' = 'jdbc:mysql://root:******@h/d'")]
    [InlineData("'ssl.truststore.password' = 'prefix-${P}', x", "'ssl.truststore.password' = '***********', x")]
    public void Secrets_are_hidden_and_nothing_moves(string line, string shown) =>
        Assert.Equal(shown, new SourceText("job.sql", $"a\n{line}\nb").LineAt(3));

    [Fact]
    public void An_option_shows_no_secret()
    {
        Assert.Equal("'password' = '******'", new TableOption("password", "s3cret", default, default).ToString());
        Assert.Equal("'topic' = 'it''s'", new TableOption("topic", "it's", default, default).ToString());
    }

    [Fact]
    public void A_secret_over_several_lines_is_hidden_in_each() =>
        Assert.Equal("******';", new SourceText("job.sql", "'ssl.key.pem' = 'first\nsecond';").LineAt(25));

    [Fact]
    public void Windows_line_ends_are_not_shown() => Renders("a\r\nb\r\n", "b", Severity.Error, "job.sql:2:1: error: here\n    2 | b\n      | ^");

    [Fact]
    public void A_place_of_several_lines_is_shown_by_its_first() => Renders(
        "a (b,\nc)", "(b,\nc)", Severity.Error,
        """
        job.sql:1:3: error: here
            1 | a (b,
              |   ^^^
        """);

    [Theory]
    [InlineData("", 0, "job.sql:1:1: error: here\n    1 | \n      | ^")]
    [InlineData("a", 1, "job.sql:1:2: error: here\n    1 | a\n      |  ^")]
    [InlineData("a\n", 2, "job.sql:2:1: error: here\n    2 | \n      | ^")]
    public void The_end_of_the_script_is_a_place(string text, int at, string expected) =>
        Assert.Equal(expected, new Diagnostic(Severity.Error, new SourceText("job.sql", text), new TextSpan(at, 0), "here").ToString());

    private static void Renders(string text, string place, Severity severity, string expected)
    {
        var span = new TextSpan(text.LastIndexOf(place, StringComparison.Ordinal), place.Length);
        Assert.Equal(expected, new Diagnostic(severity, new SourceText("job.sql", text), span, "here").ToString());
    }
}
