using System.Text;

namespace Serverless.Dashboard.Tests;

public sealed class DashboardPageTests
{
    private readonly DashboardPage _page = new(typeof(DashboardPageTests).Assembly);

    [Fact]
    public void The_page_is_never_kept_without_asking_and_its_files_are_for_a_year()
    {
        var (page, index, script, style) = (Get(""), Get("index.html"), Get("assets/index-abc.js"), Get("assets/index-def.css"));

        Assert.True(_page.IsBuilt);
        Assert.Equal((200, "text/html; charset=utf-8", "no-cache"), (page.Status, page.ContentType, page.Headers["Cache-Control"]));
        Assert.Equal(page.Body.ToArray(), index.Body.ToArray());
        Assert.Equal((200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"), (script.Status, script.ContentType, script.Headers["Cache-Control"]));
        Assert.Equal("text/css; charset=utf-8", style.ContentType);
        Assert.All([page, script, style, Get("no")], a => Assert.Contains("default-src 'none'", a.Headers["Content-Security-Policy"], StringComparison.Ordinal));
        Assert.All([page, script, style, Get("no")], a => Assert.Equal("nosniff", a.Headers["X-Content-Type-Options"]));
    }

    [Theory]
    [InlineData(null, "plain", null)]
    [InlineData("", "plain", null)]
    [InlineData("identity", "plain", null)]
    [InlineData("gzip, deflate, br, zstd", "in brotli", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "in brotli", "br")]
    [InlineData("GZIP", "in gzip", "gzip")]
    [InlineData("br;q=0, gzip", "in gzip", "gzip")]
    [InlineData("br;q=x", "plain", null)]
    public void A_file_is_sent_in_the_smallest_form_that_the_browser_takes(string? accepted, string expected, string? encoding)
    {
        var answer = _page.Answer("assets/index-abc.js", accepted, null);

        Assert.Equal((expected, "text/javascript; charset=utf-8", "Accept-Encoding"), (TextOf(answer), answer.ContentType, answer.Headers["Vary"]));
        Assert.Equal(encoding, answer.Headers.GetValueOrDefault("Content-Encoding"));
    }

    [Fact]
    public void What_the_browser_has_is_not_sent_again()
    {
        var tag = Get("").Headers["ETag"];

        Assert.Equal((304, 0), (_page.Answer("", null, $"\"x\", {tag}").Status, _page.Answer("", null, tag).Body.Length));
        Assert.Equal(200, _page.Answer("", null, "\"x\"").Status);
        Assert.NotEqual(_page.Answer("assets/index-abc.js", "br", null).Headers["ETag"], _page.Answer("assets/index-abc.js", null, null).Headers["ETag"]);
    }

    [Theory]
    [InlineData("assets/index-abc.js.br")]
    [InlineData("assets/")]
    [InlineData("assets/../index.html")]
    [InlineData("Index.html")]
    [InlineData("page/index.html")]
    public void What_is_no_file_of_the_page_is_not_there(string path)
    {
        var answer = Get(path);

        Assert.Equal((404, "text/plain; charset=utf-8"), (answer.Status, answer.ContentType));
    }

    [Fact]
    public void Where_the_page_is_not_built_it_says_so()
    {
        var page = new DashboardPage(typeof(Serverless.Engine.Job).Assembly);

        Assert.False(page.IsBuilt);
        Assert.Equal((404, "The dashboard's page is not built: build again with Node 20 or newer installed. Its JSON is at api/status."), (page.Answer("", null, null).Status, TextOf(page.Answer("", null, null))));
    }

    private DashboardAnswer Get(string path) => _page.Answer(path, null, null);

    private static string TextOf(DashboardAnswer answer) => Encoding.UTF8.GetString(answer.Body.Span).TrimEnd('\n');
}
