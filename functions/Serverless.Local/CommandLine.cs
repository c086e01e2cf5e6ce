using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Local.Commands;
using Serverless.Local.Display;
using Serverless.Local.Running;

namespace Serverless.Local;

/// <summary>The <c>serverless-sql</c> command: its subcommands, and how errors end it.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="terminal">Where it reads and writes.</param>
    /// <param name="stop">Asks a running command to finish.</param>
    /// <param name="settings">Gives the value of a <c>${NAME}</c>; the environment's unless given.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken stop, Func<string, string?>? settings = null)
    {
        var quiet = new Option<bool>("--quiet") { Description = "Print nothing but results, warnings and errors", Recursive = true };
        var json = new Option<bool>("--json") { Description = "Print JSON, an object a line: results to the output, all else to the error output", Recursive = true };
        settings ??= Environment.GetEnvironmentVariable;
        var language = Language.Of(settings);
        var root = Root(terminal, settings);
        root.Options.Add(quiet);
        root.Options.Add(json);
        language.Describe(root);
        var result = root.Parse(args);
        terminal.Speak(result.GetValue(quiet), result.GetValue(json), language);
        if (result.Action is ParseErrorAction)
        {
            UsageErrors.Print(terminal, result);
            return ExitCode.BadUsage;
        }
        if (result.Action is HelpAction)
        {
            var help = new StringWriter();
            var exitCode = await result.InvokeAsync(new InvocationConfiguration { Output = help }, stop);
            terminal.Output.Write(language.Help(help.ToString()));
            return exitCode;
        }
        try
        {
            return await result.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                stop);
        }
        catch (CommandException e)
        {
            terminal.Fail(e.Message);
            return e.ExitCode;
        }
        catch (ConnectorException e)
        {
            terminal.Fail(e.Message);
            return e is MissingTopicException ? ExitCode.BadUsage : ExitCode.Failed;
        }
        catch (OutOfMemoryException)
        {
            terminal.Fail($"there is not enough memory: {Memory.Advice}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static RootCommand Root(Terminal terminal, Func<string, string?> settings)
    {
        var root = new RootCommand("Run Flink SQL aggregation jobs on this machine. Without a command: a demo, which needs nothing else.")
        {
            RunCommand.Create(terminal, settings),
            CheckCommand.Create(terminal, settings),
            ExplainCommand.Create(terminal),
            DdlCommand.Create(terminal, settings),
            QueryCommand.Create(terminal),
            ShowCommand.Create(terminal),
            DeadLettersCommand.Create(terminal, settings),
            InitCommand.Create(terminal),
            SettingsCommand.Create(terminal),
            BrokerCommand.Create(terminal),
            ProduceCommand.Create(terminal, settings),
            TruststoreCommand.Create(terminal, settings),
            CompletionCommand.Create(terminal),
            HelpCommand.Create(RunAsync),
            HelpCommand.CreateVersion(RunAsync),
        };
        DemoCommand.AddTo(root, terminal, settings);
        return root;

        Task<int> RunAsync(string[] args, CancellationToken stop) => CommandLine.RunAsync(args, terminal, stop, settings);
    }
}
