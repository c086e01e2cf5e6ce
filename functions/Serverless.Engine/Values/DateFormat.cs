using System.Text;

namespace Serverless.Engine.Values;

/// <summary>
/// A date pattern of Java's <c>DateTimeFormatter</c>, as <c>DATE_FORMAT</c> and <c>TO_TIMESTAMP</c> take it, compiled once:
/// <c>G y u Y Q q M w W d D E e c H h k K a m s S A n N</c>, quoted text, and all that is no letter as it stands.
/// </summary>
public sealed partial class DateFormat
{
    private const string Letters = "GyuYQqMwWdDEecHhkKamsSAnN";
    private const string OnlyWritten = "GQqwWecAN"; // what a text cannot be read by
    private const int LongestName = 9; // September, Wednesday
    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private readonly Token[] _tokens;
    private readonly int _maxLength;

    private DateFormat(string pattern, Token[] tokens)
    {
        Pattern = pattern;
        _tokens = tokens;
        _maxLength = tokens.Sum(token => token.MaxLength);
        FinestUnit = tokens.Select(token => token.Unit).DefaultIfEmpty(TimeUnit.Year).Max();
        FractionDigits = tokens.Select(token => token.FractionDigits).DefaultIfEmpty(0).Max();
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>
    /// The finest unit that the text shows: two timestamps within one such unit have the same text. <see cref="TimeUnit.Year"/>, Month, Day,
    /// Hour, Minute, Second or <see cref="TimeUnit.Fraction"/>.
    /// </summary>
    public TimeUnit FinestUnit { get; }

    /// <summary>The digits of a second that the text shows, at most 7.</summary>
    public int FractionDigits { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="FormatException">The pattern is none; the message says why.</exception>
    public static DateFormat Parse(string pattern)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < pattern.Length;)
        {
            var c = pattern[at];
            if (char.IsAsciiLetter(c))
            {
                var start = at;
                while (at < pattern.Length && pattern[at] == c)
                    at++;
                tokens.Add(Field(pattern, c, at - start));
            }
            else if (c == '\'')
            {
                tokens.Add(new Token(Quoted(pattern, ref at)));
            }
            else if (c is '[' or ']' or '{' or '}' or '#')
            {
                throw new FormatException($"'{c}' has a meaning of its own in the date format '{pattern}'; put it in quotes");
            }
            else
            {
                tokens.Add(new Token(c.ToString()));
                at++;
            }
        }

        // Digits that follow each other directly can only be told apart by their count.
        for (var i = 0; i < tokens.Count; i++)
        {
            var touches = (i > 0 && tokens[i - 1].IsNumeric) || (i + 1 < tokens.Count && tokens[i + 1].IsNumeric);
            tokens[i] = tokens[i] with { IsFixed = tokens[i].IsNumeric && touches };
        }

        return new DateFormat(pattern, [.. tokens]);
    }

    /// <summary>The beginning of the <see cref="FinestUnit"/> that a timestamp lies in, with its date whatever the pattern shows of it.</summary>
    public DateTime Truncate(DateTime timestamp) =>
        FinestUnit == TimeUnit.Fraction ? Temporal.Truncate(timestamp, FractionDigits) : TimeUnits.Floor(timestamp, FinestUnit);

    /// <summary>The timestamp as text.</summary>
    public string Format(DateTime timestamp)
    {
        Span<char> text = _maxLength <= 256 ? stackalloc char[_maxLength] : new char[_maxLength];
        var at = 0;
        foreach (var token in _tokens)
            at += Write(text[at..], token, timestamp);
        return new string(text[..at]);
    }

    /// <inheritdoc />
    public override string ToString() => Pattern;

    private static Token Field(string pattern, char letter, int count)
    {
        if (!Letters.Contains(letter, StringComparison.Ordinal))
            throw new FormatException($"unknown letter '{letter}' in the date format '{pattern}'; a letter that means itself stands in quotes");
        var most = letter switch
        {
            'd' or 'H' or 'h' or 'k' or 'K' or 'm' or 's' => 2,
            'D' => 3,
            'M' or 'E' or 'G' or 'Q' or 'q' => 5,
            'w' or 'e' => 2,
            'a' or 'W' or 'c' => 1,
            _ => 9,
        };
        if (count > most)
            throw new FormatException($"too many '{letter}' in the date format '{pattern}'");
        return new Token(letter, count);
    }

    private static string Quoted(string pattern, ref int at)
    {
        var text = new StringBuilder();
        var start = at++;
        while (true)
        {
            if (at >= pattern.Length)
                throw new FormatException($"a quote has no end in the date format '{pattern}'");
            var c = pattern[at++];
            if (c != '\'')
            {
                text.Append(c);
            }
            else if (at < pattern.Length && pattern[at] == '\'')
            {
                text.Append('\'');
                at++;
            }
            else
            {
                return at - start == 2 ? "'" : text.ToString(); // two quotes alone are one
            }
        }
    }

    private static int Write(Span<char> text, Token token, DateTime timestamp)
    {
        switch (token.Letter)
        {
            case Token.Text:
                token.Literal!.CopyTo(text);
                return token.Literal.Length;
            case 'S':
                Temporal.WriteFractionDigits(text[..token.Count], timestamp.Ticks);
                return token.Count;
            case 'a':
                (timestamp.Hour < 12 ? "AM" : "PM").CopyTo(text);
                return 2;
            case 'E':
                return WriteName(text, Days[(int)timestamp.DayOfWeek], token.Count);
            case 'G':
                var era = token.Count switch { 4 => "Anno Domini", 5 => "A", _ => "AD" };
                era.CopyTo(text);
                return era.Length;
            case 'Q' or 'q' when token.Count is 3 or 4:
                var quarter = NumberOf(token.Letter, timestamp);
                var name = token.Count == 3 ? $"Q{quarter}" : $"{quarter}{quarter switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" }} quarter";
                name.CopyTo(text);
                return name.Length;
            case 'M' when token.Count > 2:
                return WriteName(text, Months[timestamp.Month - 1], token.Count);
            case 'y' or 'u' or 'Y' when token.Count == 2:
                Temporal.WriteDigits(text[..2], NumberOf(token.Letter, timestamp));
                return 2;
            default:
                var number = NumberOf(token.Letter, timestamp);
                var length = Math.Max(token is { Letter: 'Q' or 'q', Count: 5 } ? 1 : token.Count, PowersOfTen.Digits(number));
                Temporal.WriteDigits(text[..length], number);
                return length;
        }
    }

    private static int WriteName(Span<char> text, string name, int count)
    {
        var length = count switch { 4 => name.Length, 5 => 1, _ => 3 };
        name.AsSpan(0, length).CopyTo(text);
        return length;
    }

    private static long NumberOf(char letter, DateTime timestamp) => letter switch
    {
        'y' or 'u' => timestamp.Year,
        'Y' => WeekYear(timestamp),
        'M' => timestamp.Month,
        'd' => timestamp.Day,
        'D' => timestamp.DayOfYear,
        'H' => timestamp.Hour,
        'k' => timestamp.Hour == 0 ? 24 : timestamp.Hour,
        'K' => timestamp.Hour % 12,
        'h' => timestamp.Hour % 12 == 0 ? 12 : timestamp.Hour % 12,
        'm' => timestamp.Minute,
        's' => timestamp.Second,
        'Q' or 'q' => (timestamp.Month + 2) / 3,
        'w' => WeekYear(timestamp) > timestamp.Year ? 1 : Week(timestamp.DayOfYear, timestamp),
        'W' => Week(timestamp.Day, timestamp),
        'e' or 'c' => (int)timestamp.DayOfWeek + 1,
        'A' => timestamp.TimeOfDay.Ticks / TimeSpan.TicksPerMillisecond,
        'N' => timestamp.TimeOfDay.Ticks * TimeSpan.NanosecondsPerTick,
        _ => timestamp.Ticks % TimeSpan.TicksPerSecond * 100, // n, nanoseconds
    };

    // Weeks begin on Sunday, and the first is the one that the 1st of January lies in.
    private static int WeekYear(DateTime timestamp) =>
        timestamp.Month == 12 && timestamp.Day + 6 - (int)timestamp.DayOfWeek > 31 ? timestamp.Year + 1 : timestamp.Year;

    // Which week, counted from the one that the first day lies in, a day of a year or month is in.
    private static int Week(int day, DateTime timestamp)
    {
        var first = timestamp.AddDays(1 - day);
        return ((day - 1 + (int)first.DayOfWeek) / 7) + 1;
    }

    private readonly record struct Token(char Letter, int Count)
    {
        public const char Text = '\0';

        public Token(string literal)
            : this(Text, 0) => Literal = literal;

        public string? Literal { get; }

        public bool IsFixed { get; init; }

        public bool IsNumeric => Letter is not (Text or 'a' or 'E' or 'G') && !(Letter is 'M' or 'Q' or 'q' && Count > 2);

        public int MaxLength => Letter switch
        {
            Text => Literal!.Length,
            'M' or 'E' => LongestName,
            'G' or 'Q' or 'q' => 11,
            'N' => Math.Max(Count, 14),
            _ => Math.Max(Count, 9),
        };

        public TimeUnit Unit => Letter switch
        {
            Text or 'y' or 'u' or 'G' => TimeUnit.Year,
            'M' or 'Q' or 'q' => TimeUnit.Month,
            'w' or 'W' or 'e' or 'c' or 'd' or 'D' or 'E' or 'Y' => TimeUnit.Day, // a week's year changes within a month
            'm' => TimeUnit.Minute,
            's' => TimeUnit.Second,
            'S' or 'n' or 'A' or 'N' => TimeUnit.Fraction,
            _ => TimeUnit.Hour,
        };

        public int FractionDigits => Letter switch
        {
            'S' => Math.Min(Count, 7),
            'A' => 3,
            'n' or 'N' => 7,
            _ => 0,
        };
    }
}
