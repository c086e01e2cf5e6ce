using Serverless.Engine.Sql.Syntax;
using Superpower;
using static Serverless.Engine.Sql.Parsing.Grammar;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>
/// What stands in the parentheses of the JSON functions: their arguments, and what is said of types, of NULL, of what is missing and of what is wrong, as symbols
/// (<c>RETURNING INT</c>, <c>ON EMPTY DEFAULT</c>). A DEFAULT's value is an argument: first that of ON EMPTY, then that of ON ERROR; NULL if there is none.
/// </summary>
internal static class JsonGrammar
{
    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Any = Parse.Ref(() => ExpressionGrammar.Expression);

    private static readonly TokenListParser<SqlToken, string> When =
        Keyword("ON").IgnoreThen(Word("EMPTY").Or(Word("ERROR")));

    private static readonly TokenListParser<SqlToken, string> Returning =
        Keyword("RETURNING").IgnoreThen(TypeGrammar.Type).Select(type => type.Name is "ARRAY" && type.Elements is [var element] ? $"ARRAY<{element.Name}>" : type.Arguments.Count > 0 ? $"{type.Name}({string.Join(',', type.Arguments)})" : type.Name).OptionalOrDefault("");

    private static readonly TokenListParser<SqlToken, Behaviour> ValueBehaviour =
        from action in Word("NULL").Or(Word("ERROR")).Or(Keyword("DEFAULT").Value("DEFAULT"))
        from value in action == "DEFAULT" ? Any.Select(x => (ExpressionSyntax?)x) : Parse.Return<SqlToken, ExpressionSyntax?>(null)
        from when in When
        select new Behaviour(when, action, value);

    private static readonly TokenListParser<SqlToken, Behaviour> QueryBehaviour =
        from action in Word("NULL").Or(Word("ERROR")).Or(Keyword("EMPTY").IgnoreThen(Word("ARRAY").Or(Word("OBJECT")).Select(kind => "EMPTY " + kind)))
        from when in When
        select new Behaviour(when, action, null);

    private static readonly TokenListParser<SqlToken, string> Wrapper =
        (from word in Keyword("WITHOUT").Value("WITHOUT")
         from array in Has(Keyword("ARRAY"))
         from wrapper in Keyword("WRAPPER")
         select word)
        .Or(from word in Keyword("WITH")
            from kind in Word("CONDITIONAL").Or(Word("UNCONDITIONAL")).OptionalOrDefault("UNCONDITIONAL")
            from array in Has(Keyword("ARRAY"))
            from wrapper in Keyword("WRAPPER")
            select kind)
        .OptionalOrDefault("WITHOUT");

    private static readonly TokenListParser<SqlToken, string> Nulls =
        Keyword("NULL", "ON", "NULL").Value("NULL ON NULL").Or(Keyword("ABSENT", "ON", "NULL").Value("ABSENT ON NULL")).OptionalOrDefault("");

    private static readonly TokenListParser<SqlToken, ExpressionSyntax[]> Entry =
        from key in Has(Keyword("KEY"))
        from name in Any
        from word in Keyword("VALUE").Or(Comma)
        from value in Any
        select (ExpressionSyntax[])[name, value];

    /// <summary><c>JSON_VALUE(json, path [RETURNING type] [{NULL | ERROR | DEFAULT x} ON {EMPTY | ERROR}]…)</c>.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Value { get; } =
        from document in Any
        from comma in Comma
        from path in Any
        from type in Returning
        from behaviours in ValueBehaviour.Many()
        from close in RightParenthesis
        select (IReadOnlyList<ExpressionSyntax>)
        [
            document, path, .. Defaults(path.Span, behaviours),
            .. Symbols(path.Span, type.Length == 0 ? "" : "RETURNING " + type, Said("EMPTY", behaviours), Said("ERROR", behaviours)),
        ];

    /// <summary><c>JSON_QUERY(json, path [RETURNING type] [WITH WRAPPER…] [{NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT} ON {EMPTY | ERROR}]…)</c>.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Query { get; } =
        from document in Any
        from comma in Comma
        from path in Any
        from type in Returning
        from wrapper in Wrapper
        from behaviours in QueryBehaviour.Many()
        from close in RightParenthesis
        select (IReadOnlyList<ExpressionSyntax>)
        [
            document, path,
            .. Symbols(path.Span, type.Length == 0 ? "" : "RETURNING " + type, "WRAPPER " + wrapper, Said("EMPTY", behaviours), Said("ERROR", behaviours)),
        ];

    /// <summary><c>JSON_EXISTS(json, path [{TRUE | FALSE | UNKNOWN | ERROR} ON ERROR])</c>.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Exists { get; } =
        from document in Any
        from comma in Comma
        from path in Any
        from action in Word("TRUE").Or(Word("FALSE")).Or(Word("UNKNOWN")).Or(Word("ERROR")).OptionalOrDefault("FALSE")
        from onError in Has(Keyword("ON", "ERROR"))
        from close in RightParenthesis
        select (IReadOnlyList<ExpressionSyntax>)[document, path, .. Symbols(path.Span, "ON ERROR " + action)];

    /// <summary><c>JSON_OBJECT([[KEY] k VALUE v, …] [{NULL | ABSENT} ON NULL])</c>, and JSON_OBJECTAGG.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Object { get; } = input =>
        (from entries in Is(input, SqlToken.RightParenthesis) || Is(input, "NULL") && Is(Behind(input), "ON") || Is(input, "ABSENT") && Is(Behind(input), "ON")
             ? Parse.Return<SqlToken, ExpressionSyntax[][]>([])
             : Entry.AtLeastOnceDelimitedBy(Comma)
         from nulls in Nulls
         from close in RightParenthesis
         select (IReadOnlyList<ExpressionSyntax>)[.. entries.SelectMany(e => e), .. Symbols(close, nulls.Length == 0 ? "NULL ON NULL" : nulls)])(input);

    /// <summary><c>JSON_ARRAY([v, …] [{NULL | ABSENT} ON NULL])</c>.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Array { get; } = input =>
        (from items in Is(input, SqlToken.RightParenthesis) || Is(input, "NULL") && Is(Behind(input), "ON") || Is(input, "ABSENT") && Is(Behind(input), "ON")
             ? Parse.Return<SqlToken, ExpressionSyntax[]>([])
             : Any.AtLeastOnceDelimitedBy(Comma)
         from nulls in Nulls
         from close in RightParenthesis
         select (IReadOnlyList<ExpressionSyntax>)[.. items, .. Symbols(close, nulls.Length == 0 ? "ABSENT ON NULL" : nulls)])(input);

    /// <summary><c>JSON_ARRAYAGG(v [{NULL | ABSENT} ON NULL])</c>.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> ArrayOf { get; } =
        from item in Any
        from nulls in Nulls
        from close in RightParenthesis
        select (IReadOnlyList<ExpressionSyntax>)[item, .. Symbols(close, nulls.Length == 0 ? "ABSENT ON NULL" : nulls)];

    private static TokenListParser<SqlToken, string> Word(string word) => Keyword(word).Value(word);

    private static string Said(string when, Behaviour[] behaviours) => $"ON {when} {behaviours.FirstOrDefault(b => b.When == when)?.Action ?? "NULL"}";

    private static ExpressionSyntax[] Defaults(TextSpan span, Behaviour[] behaviours) =>
        [DefaultOn("EMPTY", span, behaviours), DefaultOn("ERROR", span, behaviours)];

    private static ExpressionSyntax DefaultOn(string when, TextSpan span, Behaviour[] behaviours) =>
        behaviours.FirstOrDefault(b => b.When == when)?.Value ?? new LiteralSyntax(span, LiteralKind.Null, "");

    private static IEnumerable<LiteralSyntax> Symbols(TextSpan span, params string[] symbols) =>
        symbols.Where(s => s.Length > 0).Select(s => new LiteralSyntax(span, LiteralKind.Symbol, s));

    private sealed record Behaviour(string When, string Action, ExpressionSyntax? Value);
}
