namespace Serverless.Engine.Expressions.Functions;

/// <summary>A pattern of LIKE: <c>%</c> any characters, <c>_</c> one, all others as they stand.</summary>
internal sealed class LikePattern
{
    // Apart from the characters, so that no character of the data is taken for a wildcard.
    private readonly string _characters;
    private readonly Mark[] _marks;

    private LikePattern(string characters, Mark[] marks) => (_characters, _marks) = (characters, marks);

    private enum Mark : byte
    {
        Itself,
        One,
        Any,
    }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="escape">The escape character; null for the backslash, which then escapes wildcards and itself and is a character otherwise.</param>
    /// <exception cref="FormatException">The escape character stands before what needs no escape.</exception>
    public static LikePattern Parse(string pattern, char? escape)
    {
        var characters = new List<char>();
        var marks = new List<Mark>();
        for (var at = 0; at < pattern.Length; at++)
        {
            var c = pattern[at];
            var mark = c switch { '%' => Mark.Any, '_' => Mark.One, _ => Mark.Itself };
            if (c == (escape ?? '\\'))
            {
                var next = at + 1 < pattern.Length ? pattern[at + 1] : '\0';
                if (next is '%' or '_' || (next == c && at + 1 < pattern.Length))
                {
                    c = next;
                    at++;
                    mark = Mark.Itself;
                }
                else if (escape is not null)
                {
                    throw new FormatException($"in LIKE '{pattern}' the escape character '{escape}' does not stand before '%', '_' or itself");
                }
            }

            if (mark == Mark.Any && marks.Count > 0 && marks[^1] == Mark.Any)
                continue;
            characters.Add(c);
            marks.Add(mark);
        }

        return new LikePattern(new string([.. characters]), [.. marks]);
    }

    /// <summary>Whether a text is of this pattern.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        // On a mismatch the last % takes one character more: no pattern needs more than text × pattern steps.
        int at = 0, index = 0, lastAny = -1, anyEnd = 0;
        while (at < text.Length)
        {
            if (index < _marks.Length && _marks[index] == Mark.Any)
            {
                lastAny = index++;
                anyEnd = at;
            }
            else if (index < _marks.Length && _marks[index] == Mark.One)
            {
                at += CodePoints.Width(text, at);
                index++;
            }
            else if (index < _marks.Length && _characters[index] == text[at])
            {
                at++;
                index++;
            }
            else if (lastAny >= 0)
            {
                anyEnd += CodePoints.Width(text, anyEnd);
                at = anyEnd;
                index = lastAny + 1;
            }
            else
            {
                return false;
            }
        }

        return index == _marks.Length || (index == _marks.Length - 1 && _marks[index] == Mark.Any);
    }
}
