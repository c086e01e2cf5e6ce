namespace Serverless.Engine.Sql;

/// <summary>A stretch of a script: where it starts, in UTF-16 units from the beginning, and how long it is.</summary>
/// <param name="Start">The first character's index, from 0.</param>
/// <param name="Length">The number of characters.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The index just behind the last character.</summary>
    public int End => Start + Length;

    /// <summary>The smallest span that holds both.</summary>
    public TextSpan To(TextSpan other)
    {
        var start = Math.Min(Start, other.Start);
        return new(start, Math.Max(End, other.End) - start);
    }
}
