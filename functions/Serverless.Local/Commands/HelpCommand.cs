using System.CommandLine;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql help</c> and <c>serverless-sql version</c>: <c>--help</c> and <c>--version</c> as words.</summary>
internal static class HelpCommand
{
    /// <summary>Makes <c>help</c>.</summary>
    /// <param name="run">Runs a command line.</param>
    public static Command Create(Func<string[], CancellationToken, Task<int>> run)
    {
        var names = new Argument<string[]>("COMMAND") { Description = "The command to tell of; of all unless given", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("help", "Show what the commands are, or the options of one") { names };
        command.SetAction((result, stop) => run([.. result.GetValue(names) ?? [], "--help"], stop));
        return command;
    }

    /// <summary>Makes <c>version</c>.</summary>
    /// <param name="run">Runs a command line.</param>
    public static Command CreateVersion(Func<string[], CancellationToken, Task<int>> run)
    {
        var command = new Command("version", "Show the version of this command");
        command.SetAction((_, stop) => run(["--version"], stop));
        return command;
    }
}
