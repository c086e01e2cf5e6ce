using Serverless.Engine.Sql;
using Spectre.Console;

namespace Serverless.Local;

/// <summary>Where a command reads and writes: results to the output, all that is said of them to the error output.</summary>
internal sealed class Terminal
{
    private readonly Func<Stream> _input;

    /// <summary>Makes one of a process's streams, or of a test's.</summary>
    public Terminal(Func<Stream> input, TextWriter output, TextWriter error)
    {
        _input = input;
        // What the connectors, the view and the jobs say comes from several threads.
        (Output, Error) = (TextWriter.Synchronized(output), TextWriter.Synchronized(error));
        (OutputConsole, ErrorConsole) = (ConsoleOf(output), ConsoleOf(error));
    }

    /// <summary>The output as plain text.</summary>
    public TextWriter Output { get; }

    /// <summary>The error output as plain text.</summary>
    public TextWriter Error { get; }

    /// <summary>The output where it is a terminal; null otherwise.</summary>
    public IAnsiConsole? OutputConsole { get; }

    /// <summary>The error output where it is a terminal; null otherwise.</summary>
    public IAnsiConsole? ErrorConsole { get; }

    /// <summary>Opens the standard input.</summary>
    public Stream OpenInput() => _input();

    /// <summary>Prints a line of the result.</summary>
    public void Say(string line) => Output.WriteLine(line);

    /// <summary>Prints a line about what is going on, in a terminal in grey.</summary>
    public void Note(string line) => ToError(line, "grey");

    /// <summary>Prints something that is probably not what was meant.</summary>
    public void Warn(string line) => ToError($"warning: {line}", "yellow");

    /// <summary>Prints what went wrong.</summary>
    public void Fail(string lines) => ToError(string.Join(Environment.NewLine, lines.Split('\n').Select(line => $"error: {line}")), "red");

    /// <summary>Prints a diagnostic exactly as it renders itself.</summary>
    public void Print(Diagnostic diagnostic) => ToError(diagnostic.ToString(), diagnostic.Severity switch
    {
        Severity.Error => "red",
        Severity.Warning => "yellow",
        _ => "grey",
    });

    private void ToError(string text, string style)
    {
        // Through the console, so that a live view makes room for it.
        if (ErrorConsole is { } console)
            console.Write(new Text(text + "\n", Style.Parse(style)));
        else
            Error.WriteLine(text);
    }

    private static IAnsiConsole? ConsoleOf(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        return console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi ? console : null;
    }
}
