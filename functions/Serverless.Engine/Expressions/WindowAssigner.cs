namespace Serverless.Engine.Expressions;

/// <summary>The kinds of window that a time alone decides.</summary>
internal enum WindowKind
{
    /// <summary><c>TUMBLE</c>.</summary>
    Tumble,

    /// <summary><c>HOP</c>.</summary>
    Hop,

    /// <summary><c>CUMULATE</c>.</summary>
    Cumulate,
}

/// <summary>Which windows a time falls into, by Flink's rules: windows are aligned to 1970-01-01 00:00, moved by the offset.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Size">The length of a window, in ticks of 100 ns; of <c>CUMULATE</c>, of the longest.</param>
/// <param name="Step">How far the next window is behind one; of <c>CUMULATE</c>, how much longer it is. Equal to the size for <c>TUMBLE</c>.</param>
/// <param name="Offset">How far the windows are moved.</param>
internal sealed record WindowAssigner(WindowKind Kind, long Size, long Step, long Offset)
{
    /// <summary>The start of the last window of a step that begins at a time or before.</summary>
    public static long StartOf(long ticks, long step, long offset)
    {
        var since = ticks - DateTime.UnixEpoch.Ticks - offset;
        var rest = since % step;
        return ticks - (rest < 0 ? rest + step : rest);
    }

    /// <summary>The windows of a time, each with its start and its end, which is no part of it.</summary>
    public IEnumerable<(long Start, long End)> WindowsOf(long ticks)
    {
        if (Kind == WindowKind.Cumulate)
        {
            var start = StartOf(ticks, Size, Offset);
            for (var end = StartOf(ticks, Step, start - DateTime.UnixEpoch.Ticks) + Step; end <= start + Size; end += Step)
                yield return (start, end);
            yield break;
        }

        for (var start = StartOf(ticks, Step, Offset); start > ticks - Size; start -= Step)
            yield return (start, start + Size);
    }

    /// <inheritdoc />
    public override string ToString() => Kind switch
    {
        WindowKind.Tumble => $"TUMBLE {new TimeSpan(Size)}",
        WindowKind.Hop => $"HOP {new TimeSpan(Size)} every {new TimeSpan(Step)}",
        _ => $"CUMULATE {new TimeSpan(Size)} by {new TimeSpan(Step)}",
    } + (Offset == 0 ? "" : $" from {new TimeSpan(Offset)}");
}
