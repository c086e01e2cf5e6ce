using System.CommandLine;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql completion</c>: what makes a shell complete the command. The scripts ask the command itself, so they never age.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell: bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "Print the script that makes a shell complete this command; its first line says where it goes") { shell };
        command.SetAction(result => Print(result.GetRequiredValue(shell), terminal));
        return command;
    }

    private static int Print(string shell, Terminal terminal)
    {
        using var script = new StreamReader(typeof(CompletionCommand).Assembly.GetManifestResourceStream($"completion.{shell}")!);
        terminal.Output.Write(script.ReadToEnd());
        return ExitCode.Ok;
    }
}
