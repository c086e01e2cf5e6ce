using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Serverless.Local.Tests.Fakes;

/// <summary>A terminal in memory: what stands on it, line by line, with what has scrolled off above. It knows what the command writes, and no more.</summary>
internal sealed partial class Screen(int width, int height) : TextWriter, IAnsiConsoleOutput
{
    private readonly List<StringBuilder> _lines = [new()];
    private readonly Lock _lock = new();
    private (int Row, int Column) _at, _saved;

    public override Encoding Encoding => Encoding.UTF8;

    public TextWriter Writer => this;

    public bool IsTerminal => true;

    public int Width { get; set; } = width;

    public int Height { get; set; } = height;

    /// <summary>All that has been written to it, control sequences and all.</summary>
    public StringBuilder Written { get; } = new();

    /// <summary>What stands on it, without what is blank at the ends.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines.Select(l => l.ToString().TrimEnd())).TrimEnd();
        }
    }

    /// <summary>A console that writes to it, in colours.</summary>
    public IAnsiConsole Console => AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = this });

    public void SetEncoding(Encoding encoding) { }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        lock (_lock)
        {
            Written.Append(value);
            for (var rest = value.AsSpan(); rest.Length > 0;)
            {
                var sequence = Control().EnumerateMatches(rest);
                var length = sequence.MoveNext() ? sequence.Current.Length : 1;
                Do(rest[..length]);
                rest = rest[length..];
            }
        }
    }

    private int Top => Math.Max(0, _lines.Count - Height);

    private void Do(ReadOnlySpan<char> text)
    {
        var number = int.TryParse(text.Trim("\e[ABHJKm?hl"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 1;
        switch (text[^1])
        {
            case '\r': _at.Column = 0; break;
            case '\n': Feed(); break;
            case '7' when text.Length > 1: _saved = _at; break;
            case '8' when text.Length > 1: _at = _saved; break;
            case 'A' when text.Length > 1: _at.Row = Math.Max(Top, _at.Row - number); break;
            case 'B' when text.Length > 1: _at.Row = Math.Min(_lines.Count - 1, _at.Row + number); break;
            case 'H' when text.Length > 1: _at = (Top, 0); break;
            case 'K' when text.Length > 1: _lines[_at.Row].Length = text.Contains('2') ? 0 : Math.Min(_at.Column, _lines[_at.Row].Length); break;
            case 'J' when text.Contains('2'): Cut(Top, 0); break;
            case 'J' when text.Length > 1: Cut(_at.Row, _at.Column); break;
            case var c when text.Length == 1: Put(c); break;
        }
    }

    // A terminal driver makes a carriage return of it, too.
    private void Feed()
    {
        _at = (_at.Row + 1, 0);
        if (_at.Row == _lines.Count)
            _lines.Add(new());
    }

    private void Cut(int row, int column)
    {
        _lines[row].Length = Math.Min(column, _lines[row].Length);
        foreach (var line in _lines.Skip(row + 1))
            line.Clear();
    }

    private void Put(char c)
    {
        if (_at.Column == Width)
            Feed();
        var line = _lines[_at.Row];
        if (line.Length <= _at.Column)
            line.Append(' ', _at.Column + 1 - line.Length);
        line[_at.Column++] = c;
    }

    [GeneratedRegex(@"^\e(\[[0-9;?]*[A-Za-z]|[78])")]
    private static partial Regex Control();
}
