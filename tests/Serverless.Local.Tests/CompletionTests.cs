using System.Diagnostics;

namespace Serverless.Local.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("serverless-sql expl", "explain")]
    [InlineData("serverless-sql run --embedded-", "--embedded-broker --embedded-sinks")]
    [InlineData("serverless-sql ddl a.sql --mysql m", "mariadb")]
    [InlineData("serverless-sql completion z", "zsh")]
    [InlineData("serverless-sql run orders", "")]
    public async Task Bash_completes_commands_options_and_values_and_leaves_files_to_itself(string line, string expected)
    {
        // What bash does when the tabulator key is pressed.
        var result = await BashAsync($$"""
            source <(serverless-sql completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            _serverless_sql serverless-sql "${COMP_LINE##* }"
            echo "${COMPREPLY[*]}"
            complete -p serverless-sql
            """);
        Assert.Equal($"{expected}\ncomplete -o default -F _serverless_sql serverless-sql\n", result);
    }

    [Theory]
    [InlineData("zsh", "compdef _serverless_sql serverless-sql")]
    [InlineData("fish", "complete -c serverless-sql ")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName serverless-sql ")]
    public async Task Other_shells_have_a_script_each_that_asks_the_command(string shell, string registration)
    {
        var result = await Cli.RunAsync("completion", shell);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(registration, result.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_version_are_words_too()
    {
        Assert.Equal(await Cli.RunAsync("--help"), await Cli.RunAsync("help"));
        Assert.Equal(await Cli.RunAsync("run", "--help"), await Cli.RunAsync("help", "run"));
        Assert.Equal(await Cli.RunAsync("--version"), await Cli.RunAsync("version"));
    }

    private async Task<string> BashAsync(string script)
    {
        var command = _folder.Write("serverless-sql", $"#!/bin/sh\nexec dotnet '{typeof(CommandLine).Assembly.Location}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
