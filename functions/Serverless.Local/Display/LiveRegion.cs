using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Serverless.Local.Display;

/// <summary>
/// The last lines of a terminal, drawn anew in place, with the last messages under them. The cursor rests on the region's first character: a terminal
/// that is resized keeps it there however it folds the lines, and what is echoed there, such as <c>^C</c>, is drawn over. May be used by several threads.
/// </summary>
/// <param name="console">The terminal.</param>
internal sealed partial class LiveRegion(IAnsiConsole console) : IDisposable
{
    private const int MostMessages = 5;

    // A terminal that knows these shows all that is in between at once; others ignore them.
    private const string Begin = "\e[?2026h";
    private const string End = "\e[?2026l";
    private const string ToEndOfLine = "\e[K";
    private const string ToEndOfScreen = "\e[J";
    // Not from the first line on: where that is the screen's first, some terminals keep what is cleared, for scrolling back.
    private const string FromHere = "\r\e[2K\e7\e[B\e[J\e8";
    private const string WholeScreen = "\e[H\e[2J";

    private readonly Lock _lock = new();
    private readonly Queue<Text> _messages = [];
    private IRenderable _content = Text.Empty;
    private (string Text, int Width, int Height) _drawn;
    private bool _isOver;
    private bool _hasSpilled;

    /// <summary>The columns to draw in: one fewer than the terminal's, because some terminals wrap a line that fills them.</summary>
    public int Width => Math.Max(1, console.Profile.Width - 1);

    /// <summary>The lines that there are to draw in.</summary>
    public int Height => Math.Max(1, console.Profile.Height - 1);

    /// <summary>How many lines something takes.</summary>
    public int HeightOf(IRenderable content) => LinesOf(content, Width).Length;

    /// <summary>Draws something in place of what is there. What does not fit is cut off below.</summary>
    public void Draw(IRenderable content)
    {
        lock (_lock)
        {
            _content = content;
            Redraw();
        }
    }

    /// <summary>Prints something above the region, for good.</summary>
    public void Print(IRenderable text)
    {
        lock (_lock)
        {
            Erase();
            console.Write(text);
            Redraw();
        }
    }

    /// <summary>Shows a message under the region, with those before it; when others take its place, it is printed above.</summary>
    public void Tell(Text message)
    {
        lock (_lock)
        {
            _messages.Enqueue(message);
            Redraw();
        }
    }

    /// <summary>Takes the region away and prints the messages under it for good; from now on all is printed at once.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Erase();
            _isOver = true;
            Redraw();
        }
    }

    private void Redraw()
    {
        var (width, height) = (Width, Height);
        var content = _isOver ? [] : LinesOf(_content, width);
        var messages = _messages.Select(m => LinesOf(m, width)).ToList();
        while (messages.Count > (_isOver ? 0 : MostMessages) || (messages.Count > 1 && content.Length + messages.Sum(m => m.Length) > height))
        {
            Erase();
            console.Write(_messages.Dequeue());
            console.WriteLine();
            messages.RemoveAt(0);
        }
        // Messages before the table: of a terminal that is too low for both, they are what must be seen.
        var room = Math.Max(0, height - messages.Sum(m => m.Length));
        string[] lines = [.. content.Take(room), .. messages.SelectMany(m => m).Take(height)];
        var text = string.Join($"{ToEndOfLine}\r\n", lines);
        if (lines.Length == 0)
            return;
        if (_drawn == (text, width, height))
        {
            // What was typed stands in the first line.
            Write($"\r{lines[0]}{ToEndOfLine}\r");
            return;
        }
        if (_drawn.Text is not null && (_drawn.Width, _drawn.Height) != (width, height))
            Resized(width, height);
        _drawn = (text, width, height);
        var up = lines.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $"\e[{lines.Length - 1}A") : "";
        Write($"{Begin}\r{text}{ToEndOfScreen}\r{up}{End}");
    }

    // Lines that a narrower terminal folds may be more than it shows: then the region's first one is not where the cursor is, but above the screen, whence a
    // higher terminal gets it back.
    private void Resized(int width, int height)
    {
        var isTooHigh = _drawn.Text.Split('\n').Sum(l => (Cells(l) + width) / (width + 1)) > height + 1;
        if (isTooHigh || _hasSpilled)
            Write(WholeScreen);
        _hasSpilled |= isTooHigh;
    }

    private static int Cells(string line) => Math.Max(1, new Text(Controls().Replace(line, "").TrimEnd()).Length);

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Controls();

    private void Erase()
    {
        if (_drawn.Text is not null)
            Write(FromHere);
        _drawn = default;
    }

    private void Write(string text)
    {
        console.Profile.Out.Writer.Write(text);
        console.Profile.Out.Writer.Flush();
    }

    private string[] LinesOf(IRenderable content, int width)
    {
        var text = new StringWriter(new StringBuilder(), CultureInfo.InvariantCulture);
        var paper = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        paper.Profile.Width = width;
        paper.Profile.Capabilities.ColorSystem = console.Profile.Capabilities.ColorSystem;
        paper.Profile.Capabilities.Unicode = console.Profile.Capabilities.Unicode;
        paper.Write(content);
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
