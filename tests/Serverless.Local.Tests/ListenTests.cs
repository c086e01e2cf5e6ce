using System.Net;
using System.Net.Sockets;
using Serverless.Local.Web;

namespace Serverless.Local.Tests;

public sealed class ListenTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
    public async Task A_run_that_cannot_listen_leaves_the_folder_as_it_was()
    {
        string[] run = ["run", Repository.Job("recharge.sql"), "--embedded", "--state", _folder["state"], "--feed", $"game_consume_log={Repository.DemoFile("game_consume_log.jsonl")}"];
        Assert.Equal(ExitCode.Ok, (await Cli.RunAsync([.. run, "--until-idle"])).ExitCode);
        var before = FilesOf(_folder["state"]);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var result = await Cli.RunAsync([.. run, "--listen", $"{taken.LocalEndpoint}"]);

        Assert.Equal(ExitCode.BadUsage, result.ExitCode);
        Assert.Equal(
            $"error: cannot serve the dashboard at {taken.LocalEndpoint}: Address already in use; choose another address with --listen, or --no-dashboard\n", result.Error.ReplaceLineEndings("\n"), ignoreCase: true);
        Assert.Equal(before, FilesOf(_folder["state"]));
        Assert.Equal(Results.ArticleConsume, Results.Query(_folder["state"], Results.Consume));
    }

    [Fact]
    public async Task A_run_that_cannot_listen_makes_no_folder()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), "--embedded", "--state", _folder["state"], "--listen", $"{taken.LocalEndpoint}");

        Assert.Equal((ExitCode.BadUsage, false), (result.ExitCode, Directory.Exists(_folder["state"])));
    }

    // Of TEST-NET-1, which no machine has.
    [Theory]
    [InlineData("run")]
    [InlineData("demo")]
    public async Task Another_machines_address_is_refused(string command)
    {
        string[] options = ["--until-idle", "--listen", "192.0.2.1:5080"];
        string[] args = command == "run" ? ["run", Repository.Job("recharge.sql"), "--embedded", "--state", _folder["state"], .. options] : options;

        var result = await Cli.RunAsync(args, name => name == DashboardOptions.Token ? "a-secret-of-24-characters" : null, "", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.BadUsage, result.ExitCode);
        Assert.Matches("^error: cannot serve the dashboard at 192.0.2.1:5080: [^;]+; choose another address with --listen, or --no-dashboard\\s*$", result.Error);
    }

    [Fact]
    public async Task It_cannot_be_asked_for_and_refused_at_once()
    {
        var result = await Cli.RunAsync("--no-dashboard", "--listen", "127.0.0.1:0");

        Assert.Equal(
            (ExitCode.BadUsage, "error: --listen says where the dashboard is served, and --no-dashboard that it is not: keep one of them\n"),
            (result.ExitCode, result.Error.ReplaceLineEndings("\n")));
    }

    private static string[] FilesOf(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}")];
}
