using Serverless.Local.Web;

namespace Serverless.Local.Tests;

public sealed class ListenTests
{
    [Theory]
    [InlineData("127.0.0.1:5080", "127.0.0.1:5080", true)]
    [InlineData("localhost:0", "127.0.0.1:0", true)]
    [InlineData("[::1]:5080", "[::1]:5080", true)]
    [InlineData("127.0.0.2:80", "127.0.0.2:80", true)]
    [InlineData("0.0.0.0:8080", "0.0.0.0:8080", false)]
    [InlineData("[::]:8080", "[::]:8080", false)]
    [InlineData("192.168.1.20:65535", "192.168.1.20:65535", false)]
    public void An_address_has_a_port_and_is_this_machines_own_or_not(string text, string expected, bool isLoopback)
    {
        Assert.True(ListenAddress.TryParse(text, out var address));
        Assert.Equal((expected, isLoopback), (address.ToString(), address.IsLoopback));
    }

    [Theory]
    [InlineData("5080")]
    [InlineData(":5080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.1:5080")]
    [InlineData("1:5080")]
    [InlineData("::1:5080")]
    [InlineData("[127.0.0.1]:5080")]
    [InlineData("example.com:5080")]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("")]
    public async Task What_is_no_address_is_refused_with_what_one_is(string text)
    {
        var result = await Cli.RunAsync("--until-idle", "--listen", text);

        Assert.Equal(ExitCode.BadUsage, result.ExitCode);
        Assert.Contains($"'{text}' is no address to listen on: write it as 127.0.0.1:5080, [::1]:5080, localhost:5080 or", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:0", null, "error: --listen 0.0.0.0:0 lets other machines read the tables, so it takes a token: set SERVERLESS_DASHBOARD_TOKEN to a secret of at least 16 characters, such as what 'openssl rand -hex 24' prints\n")]
    [InlineData("0.0.0.0:0", "", "error: --listen 0.0.0.0:0 lets other machines read the tables, so it takes a token: set SERVERLESS_DASHBOARD_TOKEN to a secret of at least 16 characters, such as what 'openssl rand -hex 24' prints\n")]
    [InlineData("0.0.0.0:0", "fifteen-letters", "error: SERVERLESS_DASHBOARD_TOKEN has fewer than 16 characters: set SERVERLESS_DASHBOARD_TOKEN to a secret of at least 16 characters, such as what 'openssl rand -hex 24' prints\n")]
    [InlineData("127.0.0.1:0", "short", "error: SERVERLESS_DASHBOARD_TOKEN has fewer than 16 characters: set SERVERLESS_DASHBOARD_TOKEN to a secret of at least 16 characters, such as what 'openssl rand -hex 24' prints\n")]
    public async Task Other_machines_are_let_in_with_a_token_only(string address, string? token, string expected)
    {
        var result = await Cli.RunAsync(["--until-idle", "--listen", address], name => name == DashboardOptions.Token ? token : null, "", TestContext.Current.CancellationToken);

        Assert.Equal((ExitCode.BadUsage, expected), (result.ExitCode, result.Error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task With_until_idle_it_is_served_where_asked_for_only()
    {
        var (silent, asked) = (await Cli.RunAsync("--until-idle"), await Cli.RunAsync("--until-idle", "--listen", "localhost:0"));

        Assert.Equal((ExitCode.Ok, ""), (silent.ExitCode, silent.Error));
        Assert.Equal(ExitCode.Ok, asked.ExitCode);
        Assert.Matches("^The dashboard.* at http://127.0.0.1:[1-9][0-9]*", asked.Error);
    }

    [Fact]
    public async Task It_cannot_be_asked_for_and_refused_at_once()
    {
        var result = await Cli.RunAsync("--no-dashboard", "--listen", "127.0.0.1:0");

        Assert.Equal(
            (ExitCode.BadUsage, "error: --listen says where the dashboard is served, and --no-dashboard that it is not: keep one of them\n"),
            (result.ExitCode, result.Error.ReplaceLineEndings("\n")));
    }
}
