using System.Text;

namespace Serverless.Local.Display;

/// <summary>Hands on what is written to it in whole lines.</summary>
/// <param name="lines">Told one or more lines, without the last one's end.</param>
internal sealed class LineWriter(Action<string> lines) : TextWriter
{
    private readonly StringBuilder _line = new();

    /// <inheritdoc />
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc />
    public override void Write(char value) => Write([value]);

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc />
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<char> buffer)
    {
        var end = buffer.LastIndexOf('\n');
        if (end < 0)
        {
            _line.Append(buffer);
            return;
        }
        var whole = _line.Append(buffer[..end]).ToString();
        _line.Clear().Append(buffer[(end + 1)..]);
        lines(whole);
    }
}
