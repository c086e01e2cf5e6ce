using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Serverless.Engine.Expressions.Patterns;

/// <summary>
/// Regular expressions as Java means them, as those of .NET: <c>\w</c>, <c>\d</c>, <c>\s</c> and <c>(?i)</c> are of ASCII, a code point is one character, classes have
/// parts and intersections, quantifiers may be possessive.
/// </summary>
public sealed class JavaPattern
{
    // How long an expression may take that goes back: others take a time in proportion to the text.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _pattern;
    private readonly StringBuilder _result = new();
    private Flags _flags;
    private int _at;
    private bool _goesBack;
    private int _depth;

    private JavaPattern(string pattern) => _pattern = pattern;

    [Flags]
    private enum Flags
    {
        None = 0,
        IgnoreCase = 1,
        Multiline = 2,
        DotAll = 4,
        Comments = 8,
        UnicodeCase = 16,
        UnicodeClasses = 32,
        UnixLines = 64,
    }

    private bool IsAtEnd => _at >= _pattern.Length;

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static Regex Compile(string pattern)
    {
        var translation = new JavaPattern(pattern);
        translation.Alternatives();
        if (!translation.IsAtEnd)
            throw translation.Error("a ')' has no '('");
        try
        {
            return translation._goesBack
                ? new Regex(translation._result.ToString(), RegexOptions.CultureInvariant, Patience)
                : new Regex(translation._result.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the regular expression '{TextTruncation.Text(pattern)}' is not supported: {e.Message}", e);
        }
    }

    private FormatException Error(string reason) => new($"the regular expression '{TextTruncation.Text(_pattern)}' is wrong at character {_at + 1}: {reason}");

    // Up to the end, or the ')' of the group around it. Flags that are set inside end there.
    private void Alternatives()
    {
        if (++_depth > 200)
            throw Error("its groups are nested too deeply");
        var flags = _flags;
        while (!IsAtEnd && _pattern[_at] != ')')
        {
            if (_pattern[_at] == '|')
            {
                _result.Append('|');
                _at++;
            }
            else
            {
                Quantified();
            }
        }

        _flags = flags;
        _depth--;
    }

    private void Quantified()
    {
        SkipComments();
        if (IsAtEnd || _pattern[_at] is ')' or '|')
            return;
        var start = _result.Length;
        var isRepeatable = Atom();
        SkipComments();
        while (!IsAtEnd && Quantifier() is { } quantifier)
        {
            if (!isRepeatable)
                throw Error("there is nothing to repeat");
            if (!IsAtEnd && _pattern[_at] == '+')
            {
                _at++;
                _goesBack = true;
                _result.Insert(start, "(?>").Append(quantifier).Append(')');
            }
            else
            {
                _result.Append(quantifier);
                if (!IsAtEnd && _pattern[_at] == '?')
                {
                    _at++;
                    _result.Append('?');
                }
            }

            // a{2}{3} is (?:a{2}){3}.
            _result.Insert(start, "(?:").Append(')');
            SkipComments();
        }
    }

    private string? Quantifier()
    {
        switch (_pattern[_at])
        {
            case '*' or '+' or '?':
                return _pattern[_at++].ToString();
            case '{':
                var end = _pattern.IndexOf('}', _at);
                var inside = end < 0 ? "" : _pattern[(_at + 1)..end];
                var parts = inside.Split(',');
                if (parts.Length > 2 || !IsNumber(parts[0]) || (parts.Length == 2 && parts[1].Length > 0 && !IsNumber(parts[1])))
                    throw Error("behind '{' stands how often what is before it comes, as in {2} or {2,5}; for the character itself write \\{");
                _at = end + 1;
                return $"{{{inside}}}";
            default:
                return null;
        }

        static bool IsNumber(string text) => text.Length is > 0 and < 6 && text.All(char.IsAsciiDigit);
    }

    private void SkipComments()
    {
        while (_flags.HasFlag(Flags.Comments) && !IsAtEnd && (CharacterClassesSpace(_pattern[_at]) || _pattern[_at] == '#'))
        {
            if (_pattern[_at] == '#')
            {
                while (!IsAtEnd && _pattern[_at] != '\n')
                    _at++;
            }
            else
            {
                _at++;
            }
        }

        static bool CharacterClassesSpace(char c) => c is ' ' or '\t' or '\n' or '\u000B' or '\f' or '\r';
    }

    // One thing that may be repeated; false for what has no length of its own.
    private bool Atom()
    {
        var c = _pattern[_at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                _at++;
                Append(Class());
                return true;
            case '.':
                _at++;
                Append(_flags.HasFlag(Flags.DotAll) ? CharacterSet.All : (_flags.HasFlag(Flags.UnixLines) ? CharacterSet.Of("\n") : CharacterClasses.LineEnd).Not());
                return true;
            case '^':
                _at++;
                _result.Append(_flags.HasFlag(Flags.Multiline) ? "(?m:^)" : "^");
                return true;
            case '$':
                _at++;
                _result.Append(_flags.HasFlag(Flags.Multiline) ? "(?m:$)" : "$");
                return true;
            case '*' or '+' or '?':
                throw Error($"there is nothing before '{c}' to repeat");
            case '{':
                throw Error("there is nothing before '{' to repeat; for the character itself write \\{");
            case '\\':
                _at++;
                return Escape();
            default:
                Append(Set(NextCode()));
                return true;
        }
    }

    private bool Group()
    {
        _at++;
        var before = _flags;
        if (!IsAtEnd && _pattern[_at] == '?')
        {
            _at++;
            foreach (var (mark, goesBack) in (ReadOnlySpan<(string, bool)>)[(":", false), ("=", true), ("!", true), ("<=", true), ("<!", true), (">", true)])
                if (string.CompareOrdinal(_pattern, _at, mark, 0, mark.Length) == 0)
                {
                    _at += mark.Length;
                    _goesBack |= goesBack;
                    return Inside("(?" + mark, before);
                }

            if (!IsAtEnd && _pattern[_at] == '<')
            {
                var end = _pattern.IndexOf('>', _at);
                var name = end < 0 ? "" : _pattern[(_at + 1)..end];
                if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit) || char.IsAsciiDigit(name[0]))
                    throw Error("a group's name has letters and digits");
                _at = end + 1;
                // .NET numbers named groups last: a plain one keeps its place, and the name stands for it.
                _names[name] = ++_groups;
                return Inside("(", before);
            }

            if (!ReadFlags())
                return false; // (?i) is for all that follows in the group around it
            return Inside("(?:", before);
        }

        _groups++;
        return Inside("(", before);
    }

    private readonly Dictionary<string, int> _names = [];
    private int _groups;

    private bool Inside(string open, Flags after)
    {
        _result.Append(open);
        Alternatives();
        if (IsAtEnd)
            throw Error("a '(' has no ')'");
        _at++;
        _result.Append(')');
        _flags = after;
        return true;
    }

    // True for (?i: and false for (?i).
    private bool ReadFlags()
    {
        var isOn = true;
        for (; !IsAtEnd; _at++)
        {
            switch (_pattern[_at])
            {
                case '-': isOn = false; break;
                case ':': _at++; return true;
                case ')': _at++; return false;
                case var letter:
                    var flag = letter switch
                    {
                        'i' => Flags.IgnoreCase,
                        'm' => Flags.Multiline,
                        's' => Flags.DotAll,
                        'x' => Flags.Comments,
                        'u' => Flags.UnicodeCase,
                        'U' => Flags.UnicodeClasses,
                        'd' => Flags.UnixLines,
                        _ => throw Error($"'{letter}' is no flag"),
                    };
                    _flags = isOn ? _flags | flag : _flags & ~flag;
                    break;
            }
        }

        throw Error("a '(' has no ')'");
    }

    // Behind a backslash.
    private bool Escape()
    {
        if (IsAtEnd)
            throw Error("nothing stands behind the last \\");
        var c = _pattern[_at];
        if (ClassOf(c) is { } set)
        {
            Append(set);
            return true;
        }

        switch (c)
        {
            case 'b' or 'B' or 'A' or 'Z' or 'z':
                _at++;
                _result.Append('\\').Append(c);
                return true;
            case 'G':
                throw Error("\\G is not supported");
            case 'R':
                _at++;
                _result.Append("(?:\\r\\n|[\\n\\u000B\\f\\r\\u0085\\u2028\\u2029])");
                return true;
            case 'Q':
                var end = _pattern.IndexOf("\\E", _at, StringComparison.Ordinal);
                var quoted = _pattern[(_at + 1)..(end < 0 ? _pattern.Length : end)];
                _at = end < 0 ? _pattern.Length : end + 2;
                var runes = quoted.EnumerateRunes().ToList();
                for (var i = 0; i < runes.Count; i++)
                    Append(Set(runes[i].Value));
                return true;
            case 'k':
                var close = _pattern.IndexOf('>', _at);
                if (_at + 1 >= _pattern.Length || _pattern[_at + 1] != '<' || close < 0 || !_names.TryGetValue(_pattern[(_at + 2)..close], out var number))
                    throw Error("\\k stands before the name of a group: \\k<name>");
                _at = close + 1;
                Reference(number);
                return true;
            case >= '1' and <= '9':
                Reference(_pattern[_at++] - '0');
                return true;
            default:
                Append(Set(EscapedCode()));
                return true;
        }
    }

    private void Reference(int group)
    {
        _goesBack = true;
        _result.Append(CultureInfo.InvariantCulture, $"(?:\\{group})");
    }

    /// <summary>The class behind a backslash, if there stands one.</summary>
    private CharacterSet? ClassOf(char c)
    {
        var isUnicode = _flags.HasFlag(Flags.UnicodeClasses);
        CharacterSet? set = c switch
        {
            'd' or 'D' => isUnicode ? CharacterClasses.Find("IsDigit") : CharacterClasses.Digit,
            'w' or 'W' => isUnicode ? CharacterClasses.Find("IsAlphabetic")!.Or(CharacterClasses.Find("M")!).Or(CharacterClasses.Find("Nd")!).Or(CharacterClasses.Find("Pc")!) : CharacterClasses.Word,
            's' or 'S' => isUnicode ? CharacterClasses.Find("IsWhite_Space") : CharacterClasses.Space,
            'h' or 'H' => CharacterClasses.HorizontalSpace,
            'v' or 'V' => CharacterClasses.VerticalSpace,
            _ => null,
        };
        if (set is not null)
        {
            _at++;
            return char.IsAsciiLetterUpper(c) ? set.Not() : set;
        }

        if (c is not ('p' or 'P'))
            return null;
        _at++;
        string name;
        if (!IsAtEnd && _pattern[_at] == '{')
        {
            var end = _pattern.IndexOf('}', _at);
            if (end < 0)
                throw Error("a '{' has no '}'");
            name = _pattern[(_at + 1)..end];
            _at = end + 1;
        }
        else
        {
            name = IsAtEnd ? "" : _pattern[_at++].ToString();
        }

        // \p{script=Han}, \p{block=…}, \p{gc=Lu}
        if (name.IndexOf('=', StringComparison.Ordinal) is var equal and > 0)
            name = (name[..equal].StartsWith('b') ? "In" : "Is") + name[(equal + 1)..];
        var found = CharacterClasses.Find(name) ?? throw Error($"'{name}' is no class that is known here");
        return c == 'P' ? found.Not() : found;
    }

    // Behind the '[', up to behind the ']'.
    private CharacterSet Class()
    {
        if (++_depth > 200)
            throw Error("its classes are nested too deeply");
        var isNegated = !IsAtEnd && _pattern[_at] == '^';
        if (isNegated)
            _at++;
        var whole = Union(isFirst: true);
        while (!IsAtEnd && _pattern[_at] == '&')
        {
            _at += 2;
            whole = whole.And(Union(isFirst: false));
        }

        if (IsAtEnd)
            throw Error("a '[' has no ']'");
        _at++;
        _depth--;
        return isNegated ? whole.Not() : whole;
    }

    // Up to the ']' or '&&'.
    private CharacterSet Union(bool isFirst)
    {
        var set = CharacterSet.None;
        var isEmpty = true;
        while (!IsAtEnd)
        {
            var c = _pattern[_at];
            if (c == ']' && !(isFirst && isEmpty))
                break;
            if (c == '&' && _at + 1 < _pattern.Length && _pattern[_at + 1] == '&')
                break;
            isEmpty = false;
            if (c == '[')
            {
                _at++;
                set = set.Or(Class());
                continue;
            }

            if (c == '\\')
            {
                _at++;
                if (IsAtEnd)
                    throw Error("nothing stands behind the last \\");
                if (_pattern[_at] == 'Q')
                {
                    var end = _pattern.IndexOf("\\E", _at, StringComparison.Ordinal);
                    set = set.Or(Cased(CharacterSet.Of(_pattern[(_at + 1)..(end < 0 ? _pattern.Length : end)])));
                    _at = end < 0 ? _pattern.Length : end + 2;
                    continue;
                }

                if (ClassOf(_pattern[_at]) is { } named)
                {
                    set = set.Or(named);
                    continue;
                }

                set = set.Or(RangeFrom(EscapedCode()));
                continue;
            }

            set = set.Or(RangeFrom(NextCode()));
        }

        return set;
    }

    private CharacterSet RangeFrom(int first)
    {
        if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] is not (']' or '['))
        {
            _at++;
            var last = _pattern[_at] == '\\' && _at++ >= 0 ? EscapedCode() : NextCode();
            if (last < first)
                throw Error("a range ends before it begins");
            return Cased(CharacterSet.Range(first, last));
        }

        return Set(first);
    }

    private CharacterSet Set(int code) => Cased(CharacterSet.Range(code, code));

    private CharacterSet Cased(CharacterSet set)
    {
        if (!_flags.HasFlag(Flags.IgnoreCase))
            return set;
        return set.WithBothCases();
    }

    private int NextCode()
    {
        var code = char.IsSurrogatePair(_pattern, _at) ? char.ConvertToUtf32(_pattern, _at) : _pattern[_at];
        _at += code > 0xFFFF ? 2 : 1;
        return code;
    }

    // A character that is written by its number or its name, or stands for itself.
    private int EscapedCode()
    {
        if (IsAtEnd)
            throw Error("nothing stands behind the last \\");
        var c = _pattern[_at];
        switch (c)
        {
            case 't': _at++; return '\t';
            case 'n': _at++; return '\n';
            case 'r': _at++; return '\r';
            case 'f': _at++; return '\f';
            case 'a': _at++; return '\a';
            case 'e': _at++; return 0x1B;
            case 'c' when _at + 1 < _pattern.Length:
                _at += 2;
                return _pattern[_at - 1] ^ 64;
            case '0':
                var length = 0;
                while (length < 3 && _at + 1 + length < _pattern.Length && _pattern[_at + 1 + length] is >= '0' and <= '7')
                    length++;
                if (length == 0)
                    throw Error("behind \\0 stands a number of octal digits");
                _at += length + 1;
                return Convert.ToInt32(_pattern[(_at - length).._at], 8);
            case 'x' when _at + 1 < _pattern.Length && _pattern[_at + 1] == '{':
                var end = _pattern.IndexOf('}', _at);
                return end < 0 ? throw Error("a '{' has no '}'") : Hexadecimal(_at + 2, end - _at - 2, 1);
            case 'x': return Hexadecimal(_at + 1, 2, 0);
            case 'u':
                var high = Hexadecimal(_at + 1, 4, 0);
                if (char.IsHighSurrogate((char)high) && _at + 1 < _pattern.Length && _pattern[_at] == '\\' && _pattern[_at + 1] == 'u')
                {
                    _at++;
                    return char.ConvertToUtf32((char)high, (char)Hexadecimal(_at + 1, 4, 0));
                }

                return high;
            case var letter when char.IsAsciiLetter(letter):
                throw Error($"\\{letter} means nothing");
            default:
                return NextCode();
        }
    }

    private int Hexadecimal(int start, int length, int behind)
    {
        if (start + length > _pattern.Length || !int.TryParse(_pattern.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF)
            throw Error("a number of hexadecimal digits is expected");
        _at = start + length + behind;
        return code;
    }

    private void Append(CharacterSet set) => _result.Append(set.ToPattern());
}
