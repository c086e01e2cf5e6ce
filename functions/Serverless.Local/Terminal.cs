using Serverless.Engine.Sql;
using Serverless.Local.Display;
using Serverless.Local.Display.Events;
using Serverless.Local.Display.Results;
using Spectre.Console;

namespace Serverless.Local;

/// <summary>
/// Where a command reads and writes: results to the output, all that is said of them to the error output. With <c>--json</c> both are lines of JSON,
/// with <c>--quiet</c> nothing but results, warnings and errors is said.
/// </summary>
internal sealed class Terminal
{
    private readonly Func<Stream> _input;
    private readonly IAnsiConsole? _outputConsole;
    private readonly IAnsiConsole? _errorConsole;
    private volatile LiveRegion? _live;

    /// <summary>Makes one of a process's streams, or of a test's.</summary>
    public Terminal(Func<Stream> input, TextWriter output, TextWriter error)
        : this(input, output, error, ConsoleOf(output), ConsoleOf(error))
    {
    }

    /// <summary>Makes one of streams that are known to be terminals, or, with null, to be none.</summary>
    public Terminal(Func<Stream> input, TextWriter output, TextWriter error, IAnsiConsole? outputConsole, IAnsiConsole? errorConsole)
    {
        (_input, _outputConsole, _errorConsole) = (input, outputConsole, errorConsole);
        // What the connectors, the view and the jobs say comes from several threads.
        (Output, Error) = (TextWriter.Synchronized(output), TextWriter.Synchronized(error));
        PrintedOutput = TextWriter.Synchronized(new LineWriter(lines => Printed(lines, Output, Say)));
        PrintedError = TextWriter.Synchronized(new LineWriter(lines => Printed(lines, Error, text => ToError(text, Style.Plain))));
    }

    /// <summary>Whether only results, warnings and errors are printed.</summary>
    public bool IsQuiet { get; private set; }

    /// <summary>Whether all is said in JSON.</summary>
    public bool IsJson { get; private set; }

    /// <summary>The output as plain text.</summary>
    public TextWriter Output { get; }

    /// <summary>The error output as plain text.</summary>
    public TextWriter Error { get; }

    /// <summary>Where jobs print their rows, to the output.</summary>
    public TextWriter PrintedOutput { get; }

    /// <summary>Where jobs print their rows, to the error output.</summary>
    public TextWriter PrintedError { get; }

    /// <summary>The output where it is a terminal; null otherwise, and in JSON.</summary>
    public IAnsiConsole? OutputConsole => IsJson ? null : _outputConsole;

    /// <summary>The error output where it is a terminal; null otherwise, and in JSON.</summary>
    public IAnsiConsole? ErrorConsole => IsJson ? null : _errorConsole;

    /// <summary>Opens the standard input.</summary>
    public Stream OpenInput() => _input();

    /// <summary>The language of what is said to people.</summary>
    public Language Language { get; private set; } = Language.English;

    /// <summary>Says how to speak from now on.</summary>
    public void Speak(bool quiet, bool json, Language language) => (IsQuiet, IsJson, Language) = (quiet, json, language);

    /// <summary>Opens a region for what changes at the terminal's end; null where the error output is no terminal, or nothing is to be shown.</summary>
    /// <returns>The region; <see cref="CloseLive"/> takes it away.</returns>
    public LiveRegion? OpenLive() => _live = ErrorConsole is { } console && !IsQuiet ? new LiveRegion(console) : null;

    /// <summary>Takes the region away, and leaves the messages in it.</summary>
    public void CloseLive()
    {
        _live?.Dispose();
        _live = null;
    }

    /// <summary>Prints a line of the result, for people.</summary>
    public void Say(string line)
    {
        if (_live is { } live && _outputConsole is not null)
            live.Print(new Text(ControlCharacters.Escape(line) + "\n"));
        else
            Output.WriteLine(ControlCharacters.Escape(line));
    }

    /// <summary>Prints a line of the output that is no result: left out with <c>--quiet</c> and in JSON.</summary>
    public void Tell(Message line)
    {
        if (!IsQuiet && !IsJson)
            Say(line.In(Language));
    }

    /// <summary>Prints a line of the result, for machines.</summary>
    /// <param name="result">One of the types in <c>Display/Results</c>.</param>
    public void Put(object result) => Output.WriteLine(TerminalJson.Line(result));

    /// <summary>Prints a line about what is going on, in a terminal in grey.</summary>
    public void Note(Message line) => Note(new MessageEvent("notice", line.ToString()), line);

    /// <summary>Prints a line about what is going on, in a terminal in grey.</summary>
    /// <param name="said">What it is, for machines.</param>
    /// <param name="line">The same for people.</param>
    public void Note(TerminalEvent said, Message line)
    {
        Emit(said);
        if (!IsQuiet && !IsJson)
            ToError(line.In(Language), Color.Grey);
    }

    /// <summary>Says what is going on to machines alone.</summary>
    public void Emit(TerminalEvent said)
    {
        if (IsJson && !IsQuiet)
            Error.WriteLine(TerminalJson.Line(said));
    }

    /// <summary>Prints something that is probably not what was meant.</summary>
    public void Warn(string line) => Report(new MessageEvent("warning", line));

    /// <summary>Prints what went wrong.</summary>
    public void Fail(string lines)
    {
        foreach (var line in lines.Split('\n'))
            Report(new MessageEvent("error", line));
    }

    /// <summary>Prints a warning or an error.</summary>
    public void Report(MessageEvent said)
    {
        if (IsJson)
            Error.WriteLine(TerminalJson.Line(said));
        else
            ToError($"{said.Kind}: {said.Message}", said.Kind == "error" ? Color.Red : Color.Yellow, isMessage: true);
    }

    /// <summary>Prints a diagnostic exactly as it renders itself.</summary>
    public void Print(Diagnostic diagnostic)
    {
        if (IsQuiet && diagnostic.Severity == Severity.Notice)
            return;
        if (IsJson)
        {
            var (line, column) = diagnostic.Source.Position(diagnostic.Span.Start);
            Error.WriteLine(TerminalJson.Line(new MessageEvent(NameOf(diagnostic.Severity), diagnostic.Message) { File = diagnostic.Source.Name, Line = line, Column = column }));
            return;
        }
        ToError(diagnostic.ToString(), diagnostic.Severity switch
        {
            Severity.Error => Color.Red,
            Severity.Warning => Color.Yellow,
            _ => Color.Grey,
        });
    }

    /// <summary>What a severity is called.</summary>
    public static string NameOf(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "notice",
    };

    private void Printed(string lines, TextWriter writer, Action<string> print)
    {
        if (!IsJson)
        {
            print(lines);
            return;
        }
        foreach (var line in lines.ReplaceLineEndings("\n").Split('\n'))
            writer.WriteLine(TerminalJson.Line(new PrintedResult(line)));
    }

    private void ToError(string text, Style style, bool isMessage = false)
    {
        text = ControlCharacters.Escape(text);
        if (ErrorConsole is not { } console)
        {
            Error.WriteLine(text);
            return;
        }
        if (_live is not { } live)
            console.Write(new Text(text + "\n", style));
        else if (isMessage)
            live.Tell(new Text(text, style));
        else
            live.Print(new Text(text + "\n", style));
    }

    private static IAnsiConsole? ConsoleOf(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        return console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi ? console : null;
    }
}
