using System.Net;
using System.Net.Sockets;

namespace Serverless.Local.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("chekc x.sql", "unknown command 'chekc'; did you mean 'check'?", "serverless-sql")]
    [InlineData("--untilidle", "unknown option '--untilidle'; did you mean '--until-idle'?", "serverless-sql")]
    [InlineData("run", "required argument missing for command: 'run'", "serverless-sql run")]
    [InlineData("check --conect x.sql", "unknown option '--conect'; did you mean '--connect'?", "serverless-sql check")]
    [InlineData("run x.sql --jsn", "unknown option '--jsn'; did you mean '--json'?", "serverless-sql run")]
    [InlineData("produce t a b --brokers h:1", "'b' is one too many", "serverless-sql produce")]
    public async Task A_wrong_command_line_is_its_error_and_where_to_read_more(string line, string error, string command)
    {
        var result = await Cli.RunAsync(line.Split(' '));
        Assert.Equal(new CliResult(2, "", $"error: {error}\n{command} --help tells more\n"), result);
    }

    [Theory]
    [InlineData("many")]
    [InlineData("0")]
    [InlineData("70000")]
    public async Task A_broker_wants_a_port(string port) =>
        Assert.Equal(new CliResult(2, "", $"error: '{port}' is no port: it must be from 1 to 65535\n"), await Cli.RunAsync("broker", "--port", port));

    [Fact]
    public async Task A_port_that_is_taken_is_said()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var result = await Cli.RunAsync("broker", "--port", $"{port}");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: port {port} cannot be opened: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_is_found_at_the_port_that_it_is_given()
    {
        var port = FreePort();
        using var broker = new CliProcess(["broker", "orders:1", "--port", $"{port}", "--json"]);
        await broker.WaitForLineAsync(l => l == $$"""{"address":"127.0.0.1:{{port}}"}""");
        var sent = await Cli.RunAsync("produce", "orders", _folder.Write("o.jsonl", "{}\n{}\n"), "--brokers", $"127.0.0.1:{port}", "--json");
        Assert.Equal(new CliResult(0, """{"topic":"orders","records":2}""" + "\n", ""), sent);
        Assert.Equal(0, await broker.StopAsync());
    }

    [Fact]
    public async Task Brokers_that_are_not_there_are_said_once()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var result = await Cli.RunAsync(["produce", "t", _folder.Write("o.jsonl", "{}\n"), "--brokers", "127.0.0.1:1"], _ => null, "", stop.Token);
        Assert.Equal(1, result.ExitCode);
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith("still trying", lines[0], StringComparison.Ordinal);
        Assert.Equal("error: stopped before all was sent", lines[1]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
