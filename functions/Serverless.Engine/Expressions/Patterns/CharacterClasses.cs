using System.Collections.Concurrent;
using System.Globalization;

namespace Serverless.Engine.Expressions.Patterns;

/// <summary>The classes that Java's regular expressions name. Those without <c>Is</c> are of ASCII.</summary>
internal static class CharacterClasses
{
    // Sets of Unicode take a look at every code point, once.
    private static readonly ConcurrentDictionary<string, CharacterSet> Known = [];

    public static CharacterSet Digit { get; } = CharacterSet.Range('0', '9');

    public static CharacterSet Word { get; } = Letter.Or(Digit).Or(CharacterSet.Of("_"));

    public static CharacterSet Space { get; } = CharacterSet.Of(" \t\n\u000B\f\r");

    public static CharacterSet HorizontalSpace { get; } = CharacterSet.Of(" \t\u00A0\u1680\u180e\u202f\u205f\u3000").Or(CharacterSet.Range(0x2000, 0x200A));

    public static CharacterSet VerticalSpace { get; } = CharacterSet.Of("\n\u000B\f\r\u0085\u2028\u2029");

    /// <summary>What a point does not match.</summary>
    public static CharacterSet LineEnd { get; } = CharacterSet.Of("\n\r\u0085\u2028\u2029");

    private static CharacterSet Lower => CharacterSet.Range('a', 'z');

    private static CharacterSet Upper => CharacterSet.Range('A', 'Z');

    private static CharacterSet Letter => Lower.Or(Upper);

    /// <summary>Finds a class by its name; null if there is none.</summary>
    public static CharacterSet? Find(string name) => Known.TryGetValue(name, out var known) ? known : Make(name) is { } made ? Known.GetOrAdd(name, made) : null;

    private static CharacterSet? Make(string name)
    {
        switch (name)
        {
            case "Lower": return Lower;
            case "Upper": return Upper;
            case "ASCII": return CharacterSet.Range(0, 0x7F);
            case "Alpha": return Letter;
            case "Digit": return Digit;
            case "Alnum": return Letter.Or(Digit);
            case "Punct": return CharacterSet.Of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
            case "Graph": return CharacterSet.Range(0x21, 0x7E);
            case "Print": return CharacterSet.Range(0x20, 0x7E);
            case "Blank": return CharacterSet.Of(" \t");
            case "Cntrl": return CharacterSet.Range(0, 0x1F).Or(CharacterSet.Range(0x7F, 0x7F));
            case "XDigit": return Digit.Or(CharacterSet.Range('a', 'f')).Or(CharacterSet.Range('A', 'F'));
            case "Space": return Space;
            case "IsAlphabetic" or "javaAlphabetic": return Of("L")!.Or(Of("Nl")!);
            case "javaLetter": return Of("L");
            case "IsLetter": return Of("L");
            case "IsDigit" or "javaDigit": return Of("Nd");
            case "javaLetterOrDigit": return Of("L")!.Or(Of("Nd")!);
            case "IsLowercase" or "javaLowerCase": return Of("Ll");
            case "IsUppercase" or "javaUpperCase": return Of("Lu");
            case "IsPunctuation": return Of("P");
            case "IsControl": return Of("Cc");
            case "IsWhite_Space" or "javaWhitespace": return Space.Or(Of("Z")!);
            case "IsIdeographic" or "IsHan" or "InCJK_UNIFIED_IDEOGRAPHS" or "InCJKUnifiedIdeographs": return Han(name);
            case "IsHiragana" or "InHiragana": return CharacterSet.Range(0x3041, 0x309F);
            case "IsKatakana" or "InKatakana": return CharacterSet.Range(0x30A1, 0x30FF);
            case "IsHangul": return CharacterSet.Range(0xAC00, 0xD7A3).Or(CharacterSet.Range(0x1100, 0x11FF)).Or(CharacterSet.Range(0x3131, 0x318E));
            case "IsGreek" or "InGreek": return CharacterSet.Range(0x370, 0x3FF);
            case "IsCyrillic" or "InCyrillic": return CharacterSet.Range(0x400, 0x52F);
            case "IsLatin": return Letter.Or(CharacterSet.Range(0xC0, 0x24F).And(Of("L")!)).Or(CharacterSet.Of("ªº"));
            case "IsArabic" or "InArabic": return CharacterSet.Range(0x600, 0x6FF);
            case "IsHebrew" or "InHebrew": return CharacterSet.Range(0x590, 0x5FF);
            case "IsThai" or "InThai": return CharacterSet.Range(0xE00, 0xE7F);
            default: return Of(name.StartsWith("Is", StringComparison.Ordinal) ? name[2..] : name);
        }
    }

    private static CharacterSet Han(string name) => name.StartsWith("InCJK", StringComparison.Ordinal)
        ? CharacterSet.Range(0x4E00, 0x9FFF)
        : CharacterSet.Of("々〇").Or(CharacterSet.Range(0x2E80, 0x2FD5)).Or(CharacterSet.Range(0x3021, 0x3029)).Or(CharacterSet.Range(0x3400, 0x4DBF))
            .Or(CharacterSet.Range(0x4E00, 0x9FFF)).Or(CharacterSet.Range(0xF900, 0xFAD9)).Or(CharacterSet.Range(0x20000, 0x323AF));

    // A category of Unicode, of one letter or two.
    private static CharacterSet? Of(string name)
    {
        var categories = Enum.GetValues<UnicodeCategory>().Where(c => Spelled(c) is var spelled && (spelled == name || spelled[..1] == name)).ToList();
        return categories.Count == 0 ? null : CharacterSet.OfCategories(categories);
    }

    private static string Spelled(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };
}
