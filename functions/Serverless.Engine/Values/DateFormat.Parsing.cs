namespace Serverless.Engine.Values;

public sealed partial class DateFormat
{
    /// <summary>
    /// Reads a text of this form. What the pattern does not show is that of 1970-01-01 00:00:00. Fields between other characters may have
    /// fewer digits than letters, except the year.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="allowsMore">Whether more may follow, as Java's older SimpleDateFormat allows.</param>
    /// <param name="timestamp">The timestamp.</param>
    public bool TryParse(ReadOnlySpan<char> text, bool allowsMore, out DateTime timestamp)
    {
        timestamp = default;
        var fields = Fields.Start;
        var at = 0;
        foreach (var token in _tokens)
        {
            if (!TryRead(text, ref at, token, ref fields))
                return false;
        }

        return (allowsMore || at == text.Length) && fields.TryMake(out timestamp);
    }

    private static bool TryRead(ReadOnlySpan<char> text, ref int at, Token token, ref Fields fields)
    {
        switch (token.Letter)
        {
            case Token.Text:
                if (!text[at..].StartsWith(token.Literal))
                    return false;
                at += token.Literal!.Length;
                return true;
            case var letter when OnlyWritten.Contains(letter, StringComparison.Ordinal):
                return false;
            case 'a':
                fields.IsPm = text[at..].StartsWith("PM", StringComparison.OrdinalIgnoreCase);
                if (fields.IsPm == false && !text[at..].StartsWith("AM", StringComparison.OrdinalIgnoreCase))
                    return false;
                at += 2;
                return true;
            case 'E':
                return TryReadName(text, ref at, Days, token.Count, out _);
            case 'M' when token.Count > 2:
                return TryReadName(text, ref at, Months, token.Count, out fields.Month);
            default:
                var start = at;
                var value = 0;
                var most = token.IsFixed ? token.Count : MostDigits(token);
                while (at < text.Length && at < start + most && char.IsAsciiDigit(text[at]))
                    value = (value * 10) + (text[at++] - '0');
                var count = at - start;
                return count >= LeastDigits(token) && fields.TrySet(token, value, count);
        }
    }

    private static int MostDigits(Token token) => token.Letter switch
    {
        'y' or 'u' or 'Y' => token.Count == 2 ? 2 : 4,
        'S' => token.Count,
        'n' => 9,
        'D' => 3,
        _ => 2,
    };

    private static int LeastDigits(Token token) => token.IsFixed || token.Letter is 'y' or 'u' or 'Y' ? token.Count : 1;

    private static bool TryReadName(ReadOnlySpan<char> text, ref int at, string[] names, int count, out int number)
    {
        for (number = 1; number <= names.Length; number++)
        {
            var name = count == 4 ? names[number - 1] : names[number - 1][..3];
            if (count == 5 || !text[at..].StartsWith(name, StringComparison.OrdinalIgnoreCase))
                continue;
            at += name.Length;
            return true;
        }

        return false;
    }

    private struct Fields
    {
        public int Month;
        public bool? IsPm;
        private int _year;
        private int _day;
        private int _dayOfYear;
        private int _hour;
        private int _halfDayHour;
        private int _minute;
        private int _second;
        private long _fraction;

        public static Fields Start => new() { _year = 1970, Month = 1, _day = 1, _halfDayHour = -1 };

        public bool TrySet(Token token, int value, int digits)
        {
            switch (token.Letter)
            {
                case 'y' or 'u' or 'Y':
                    _year = token.Count == 2 ? 2000 + value : value;
                    return _year is >= 1 and <= 9999;
                case 'M':
                    Month = value;
                    return value is >= 1 and <= 12;
                case 'd':
                    _day = value;
                    return value is >= 1 and <= 31;
                case 'D':
                    _dayOfYear = value;
                    return value is >= 1 and <= 366;
                case 'H':
                    _hour = value;
                    return value <= 23;
                case 'k':
                    _hour = value % 24;
                    return value is >= 1 and <= 24;
                case 'K':
                    _halfDayHour = value;
                    return value <= 11;
                case 'h':
                    _halfDayHour = value % 12;
                    return value is >= 1 and <= 12;
                case 'm':
                    _minute = value;
                    return value <= 59;
                case 's':
                    _second = value;
                    return value <= 59;
                case 'S':
                    _fraction = value * PowersOfTen.Long(9 - digits) / 100;
                    return true;
                default:
                    _fraction = value / 100;
                    return true;
            }
        }

        public readonly bool TryMake(out DateTime timestamp)
        {
            timestamp = default;
            if (_day > DateTime.DaysInMonth(_year, Month) || (_dayOfYear == 366 && !DateTime.IsLeapYear(_year)))
                return false;
            var date = _dayOfYear > 0 ? new DateTime(_year, 1, 1).AddDays(_dayOfYear - 1) : new DateTime(_year, Month, _day);
            var hour = _halfDayHour < 0 ? _hour : _halfDayHour + (IsPm == true ? 12 : 0);
            timestamp = date.AddTicks((((((hour * 60L) + _minute) * 60) + _second) * TimeSpan.TicksPerSecond) + _fraction);
            return true;
        }
    }
}
