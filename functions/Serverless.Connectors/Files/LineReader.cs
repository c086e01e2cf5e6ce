using System.Runtime.CompilerServices;

namespace Serverless.Connectors.Files;

/// <summary>Cuts a stream into lines, however long, that end with LF or CRLF; the last need not end. A byte order mark is left out.</summary>
/// <param name="stream">The stream; it stays open.</param>
/// <param name="limit">Where to stop, in bytes from where the stream stands.</param>
public sealed class LineReader(Stream stream, long limit = long.MaxValue)
{
    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private long _left = limit;
    private bool _first = true;

    /// <summary>All lines of a stream that are not blank.</summary>
    public static async IAsyncEnumerable<byte[]> ReadAllAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new LineReader(stream);
        while (await reader.ReadAsync(cancellationToken) is { } line)
            if (!IsBlank(line))
                yield return line;
    }

    /// <summary>Whether a line holds nothing but space.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    /// <summary>The next line without its end; null at the end of the stream.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var line = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (line >= 0)
                return Take(searched + line, 1);
            searched = _end - _start;
            if (!await FillAsync(cancellationToken))
                return searched > 0 ? Take(searched, 0) : null;
        }
    }

    /// <summary>Skips lines; returns how many there were, at most <paramref name="count"/>.</summary>
    public async ValueTask<long> SkipAsync(long count, CancellationToken cancellationToken)
    {
        _first &= count == 0;
        var skipped = 0L;
        var open = false; // whether a line has begun and not ended
        while (skipped < count)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
                return skipped + (open ? 1 : 0);
            var line = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            _start = line < 0 ? _end : _start + line + 1;
            open = line < 0;
            if (line >= 0)
                skipped++;
        }
        return skipped;
    }

    private byte[] Take(int length, int end)
    {
        var line = _buffer.AsSpan(_start, length);
        if (_first && line.StartsWith(Mark))
            line = line[Mark.Length..];
        _first = false;
        if (line.EndsWith((byte)'\r'))
            line = line[..^1];
        _start += length + end;
        return line.ToArray();
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            // A line longer than the buffer: a larger buffer; else the line's beginning goes to the front.
            var target = _start == 0 ? new byte[_buffer.Length * 2] : _buffer;
            rest.CopyTo(target);
            (_buffer, _end, _start) = (target, rest.Length, 0);
        }
        var room = (int)Math.Min(_buffer.Length - _end, _left);
        var read = room == 0 ? 0 : await stream.ReadAsync(_buffer.AsMemory(_end, room), cancellationToken);
        _end += read;
        _left -= read;
        return read > 0;
    }
}
