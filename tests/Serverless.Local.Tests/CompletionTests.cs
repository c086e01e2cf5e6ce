using System.Diagnostics;

namespace Serverless.Local.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A command, options, a value, and a file, which is the shell's own affair.
    private const string Lines = "'serverless-sql expl' 'serverless-sql run --embedded-' 'serverless-sql ddl a.sql --mysql m' 'serverless-sql run ord'";

    [Fact]
    public async Task Bash_completes_commands_options_and_values_and_leaves_files_to_itself() =>
        // What bash does when the tabulator key is pressed.
        Assert.Equal(
            ["explain", "--embedded-broker --embedded-sinks", "mariadb", "", "complete -o default -F _serverless_sql serverless-sql"],
            await RunAsync("bash", ["-c", $$"""
                source <(serverless-sql completion bash)
                for COMP_LINE in {{Lines}}; do
                  COMP_POINT=${#COMP_LINE}
                  _serverless_sql serverless-sql "${COMP_LINE##* }"
                  echo "${COMPREPLY[*]}"
                done
                complete -p serverless-sql
                """]));

    [Fact]
    public async Task Zsh_completes_commands_options_values_and_files()
    {
        // Keys on a terminal of its own: the tabulator key, and then, at the line's start, a command that prints what has become of it.
        var printed = await RunAsync("zsh", ["-f", "-c", $$"""
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1=; PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste; TERM=dumb; autoload -Uz compinit; compinit -u -D; source <(serverless-sql completion zsh); print READY$((1))'
            zpty -r -m shell out '*READY1*'
            for line in {{Lines}}; do
              zpty -w -n shell "$line"$'\t\x01print -r -- \x05\n'
              zpty -w shell 'print DONE$((1))'
              zpty -r -m shell out '*DONE1*'
              print -r -- "$out"
            done
            """]);
        string[] expected = ["serverless-sql explain", "--embedded-broker  --embedded-sinks", "serverless-sql ddl a.sql --mysql mariadb", "serverless-sql run orders.sql"];
        Assert.Equal(expected, expected.Where(e => printed.Any(l => l.Trim() == e)));
        Assert.DoesNotContain(printed, l => l.Contains("expl\a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fish_completes_commands_options_values_and_files() =>
        Assert.Equal(
            ["explain", "--embedded-broker --embedded-sinks", "mariadb", "orders.sql"],
            await RunAsync("fish", ["-c", $"serverless-sql completion fish | source; for line in {Lines}; complete -C $line | string join ' '; end"]));

    [Fact]
    public async Task PowerShell_completes_commands_options_values_and_files() =>
        Assert.Equal(
            ["explain", "--embedded-broker --embedded-sinks", "mariadb", "./orders.sql"],
            await RunAsync("pwsh", ["-NoProfile", "-Command", $$"""
                serverless-sql completion pwsh | Out-String | Invoke-Expression
                foreach ($line in {{Lines.Replace("' '", "', '", StringComparison.Ordinal)}}) { (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText -join ' ' }
                """]));

    [Fact]
    public async Task Help_and_version_are_words_too()
    {
        Assert.Equal(await Cli.RunAsync("--help"), await Cli.RunAsync("help"));
        Assert.Equal(await Cli.RunAsync("run", "--help"), await Cli.RunAsync("help", "run"));
        Assert.Equal(await Cli.RunAsync("--version"), await Cli.RunAsync("version"));
    }

    private async Task<string[]> RunAsync(string shell, string[] args)
    {
        Assert.SkipWhen(DebianPackage.OnPath(shell) is null, $"{shell} is not installed, so that its completion is not tested");
        var command = _folder.Write("serverless-sql", $"#!/bin/sh\nexec dotnet '{typeof(CommandLine).Assembly.Location}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.CreateDirectory(_folder["files"]).FullName;
        _folder.Write(Path.Combine("files", "orders.sql"), "");
        var start = new ProcessStartInfo(shell, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = files };
        start.Environment["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        // Shells write their histories and caches there.
        start.Environment["HOME"] = _folder.Path;
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return output.TrimEnd('\n').Split('\n');
    }
}
