using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Function calls. Those with words between their arguments are given as plain calls.</summary>
internal static class CallGrammar
{
    private static readonly string[] Units =
    [
        "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND", "DOW",
        "ISODOW", "DOY", "ISOYEAR", "EPOCH", "DECADE", "CENTURY", "MILLENNIUM",
    ];

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Expression = ExpressionGrammar.Expression;

    private static readonly TokenListParser<SqlToken, bool> NullTreatment = RefuseAny(
        ("{0} is not written: FIRST_VALUE and LAST_VALUE always skip NULL", ["IGNORE NULLS"]),
        ("{0} is not supported: FIRST_VALUE and LAST_VALUE skip NULL", ["RESPECT NULLS"]));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> NextArgument = Comma.IgnoreThen(Expression);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Unit = Symbol("a unit of time, such as DAY", [.. Units, .. Units.Select(unit => "SQL_TSI_" + unit)]);

    private static readonly TokenListParser<SqlToken, Inside> Extract =
        from unit in Unit
        from word in Keyword("FROM")
        from operand in Expression
        from close in RightParenthesis
        select new Inside([unit, operand]);

    private static readonly TokenListParser<SqlToken, Inside> Position =
        from part in ExpressionGrammar.Operand
        from word in Keyword("IN").Or(Comma)
        from whole in Expression
        from close in RightParenthesis
        select new Inside([part, whole]);

    private static readonly TokenListParser<SqlToken, Inside> Substring = Arguments("FROM", "FOR");

    private static readonly TokenListParser<SqlToken, Inside> Overlay = Arguments("PLACING", "FROM", "FOR");

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> TrimMode = Symbol("BOTH, LEADING or TRAILING", "BOTH", "LEADING", "TRAILING");

    private static readonly TokenListParser<SqlToken, Inside> Trim =
        (from mode in TrimMode
         from trimmed in Keyword("FROM").IgnoreThen(Expression).Select(operand => (Characters: (ExpressionSyntax?)null, From: operand))
             .Or(from characters in Expression
                 from word in Keyword("FROM")
                 from operand in Expression
                 select (Characters: (ExpressionSyntax?)characters, From: operand))
         from close in RightParenthesis
         select new Inside([mode, trimmed.Characters ?? Blank(mode.Span), trimmed.From]))
        .Or(from first in Expression
            from operand in Maybe(Keyword("FROM").IgnoreThen(Expression))
            from rest in operand is null ? NextArgument.Many() : Parse.Return<SqlToken, ExpressionSyntax[]>([])
            from close in RightParenthesis
            select new Inside(operand is null ? [first, .. rest] : [new LiteralSyntax(first.Span, LiteralKind.Symbol, "BOTH"), first, operand]));

    private static readonly TokenListParser<SqlToken, Inside> Round =
        from operand in Expression
        from unit in Maybe(Keyword("TO").IgnoreThen(Unit))
        from rest in unit is null ? NextArgument.Many() : Parse.Return<SqlToken, ExpressionSyntax[]>([])
        from close in RightParenthesis
        select new Inside(unit is null ? [operand, .. rest] : [operand, unit]);

    private static readonly TokenListParser<SqlToken, Inside> TimestampArithmetic =
        from unit in Unit
        from rest in NextArgument.Many()
        from close in RightParenthesis
        select new Inside([unit, .. rest]);

    // Of the dialects, some have these words in the parentheses.
    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Argument =
        from argument in Expression
        from unsupported in NullTreatment
        select argument;

    // ARRAY_AGG takes NULLs too unless it is told not to.
    private static readonly TokenListParser<SqlToken, Inside> ArrayAggregate =
        from distinct in Keyword("DISTINCT").Value(true).Or(Keyword("ALL").Value(false)).OptionalOrDefault(false)
        from argument in Expression
        from nulls in Keyword("IGNORE", "NULLS").Value("IGNORE NULLS").Or(Keyword("RESPECT", "NULLS").Value("RESPECT NULLS")).OptionalOrDefault("RESPECT NULLS")
        from close in RightParenthesis
        select new Inside([argument, new LiteralSyntax(argument.Span, LiteralKind.Symbol, nulls)]) { IsDistinct = distinct };

    private static readonly TokenListParser<SqlToken, Inside> Plain =
        RightParenthesis.Value(new Inside([]))
            .Or(from star in Sign(SqlToken.Star, "*")
                from close in RightParenthesis
                select new Inside([]) { IsStar = true })
            .Or(from distinct in Keyword("DISTINCT").Value(true).Or(Keyword("ALL").Value(false)).OptionalOrDefault(false)
                from arguments in Items(Argument, _ => "the argument", SqlToken.RightParenthesis, ")")
                select new Inside(arguments) { IsDistinct = distinct });

    private static readonly TokenListParser<SqlToken, ExpressionSyntax?> Filter = Maybe(
        from word in Keyword("FILTER")
        from open in LeftParenthesis
        from words in Keyword("WHERE")
        from condition in Expression
        from close in RightParenthesis
        select condition);

    private static readonly TokenListParser<SqlToken, bool> Unsupported =
        RefuseAny(("{0} is not supported", ["WITHIN GROUP"])).IgnoreThen(NullTreatment);

    /// <summary>A call: the name, the parentheses, and what may stand behind them.</summary>
    public static TokenListParser<SqlToken, ExpressionSyntax> Call { get; } = Spanned(
        from name in (TokenListParser<SqlToken, Identifier>)FunctionName
        from open in LeftParenthesis
        from inside in InsideOf(name.Text.ToUpperInvariant())
        from beforeFilter in Unsupported
        from filter in Filter
        from beforeOver in Unsupported
        from over in WindowGrammar.Over
        from afterOver in Unsupported
        select At<ExpressionSyntax>(span => new CallSyntax(span, name, inside.Arguments, inside.IsStar, inside.IsDistinct, filter, over)));

    /// <summary>The unit of an interval, in the singular.</summary>
    public static TokenListParser<SqlToken, string> IntervalUnit { get; } = input =>
    {
        var next = input.ConsumeToken();
        return next.HasValue && next.Value.Kind == SqlToken.Word && UnitOf(next.Value.ToStringValue()) is { } unit
            ? TokenListParserResult.Value(unit, input, next.Remainder)
            : TokenListParserResult.Empty<SqlToken, string>(input, ["a unit of time, such as DAY"]);
    };

    /// <summary>The unit of time that a word names, perhaps in the plural; null if it names none.</summary>
    public static string? UnitOf(string word) =>
        Array.Find(Units, unit => word.Equals(unit, StringComparison.OrdinalIgnoreCase) || word.Equals(unit + "S", StringComparison.OrdinalIgnoreCase));

    private static TokenListParser<SqlToken, Inside> InsideOf(string name) => name switch
    {
        "EXTRACT" => Extract,
        "POSITION" => Position,
        "SUBSTRING" => Substring,
        "OVERLAY" => Overlay,
        "TRIM" => Trim,
        "FLOOR" or "CEIL" or "CEILING" => Round,
        "ARRAY_AGG" => ArrayAggregate,
        "JSON_VALUE" => JsonGrammar.Value.Select(arguments => new Inside(arguments)),
        "JSON_QUERY" => JsonGrammar.Query.Select(arguments => new Inside(arguments)),
        "JSON_EXISTS" => JsonGrammar.Exists.Select(arguments => new Inside(arguments)),
        "JSON_OBJECT" or "JSON_OBJECTAGG" => JsonGrammar.Object.Select(arguments => new Inside(arguments)),
        "JSON_ARRAY" => JsonGrammar.Array.Select(arguments => new Inside(arguments)),
        "JSON_ARRAYAGG" => JsonGrammar.ArrayOf.Select(arguments => new Inside(arguments)),
        "TIMESTAMPADD" or "TIMESTAMPDIFF" => TimestampArithmetic,
        // Of other databases, whose first argument is a unit.
        "DATEADD" or "DATEDIFF" or "DATE_DIFF" => TimestampArithmetic.Or(Plain),
        _ => Plain,
    };

    // A reserved word may name a function: the parenthesis behind it tells.
    private static TokenListParserResult<SqlToken, Identifier> FunctionName(Tokens input)
    {
        var next = input.ConsumeToken();
        return TokenListParserResult.Value(NameOf(next.Value), input, next.Remainder);
    }

    // Arguments with a comma or, all in the order given, a word between them.
    private static TokenListParser<SqlToken, Inside> Arguments(params string[] words) =>
        from first in Expression
        from rest in words.Aggregate(
            Parse.Return<SqlToken, ExpressionSyntax[]>([]),
            (before, word) =>
                from some in before
                from next in Maybe(Keyword(word).Or(Comma).IgnoreThen(Expression))
                select next is null ? some : [.. some, next])
        from close in RightParenthesis
        select new Inside([first, .. rest]);

    internal static TokenListParser<SqlToken, ExpressionSyntax> Symbol(string what, params string[] words) => input =>
    {
        var next = input.ConsumeToken();
        return next.HasValue && Array.Exists(words, word => IsWord(next.Value, word))
            ? TokenListParserResult.Value<SqlToken, ExpressionSyntax>(
                new LiteralSyntax(SpanOf(next.Value), LiteralKind.Symbol, next.Value.ToStringValue().ToUpperInvariant()), input, next.Remainder)
            : TokenListParserResult.Empty<SqlToken, ExpressionSyntax>(input, [what]);
    };

    private static LiteralSyntax Blank(TextSpan span) => new(span, LiteralKind.String, " ");

    // What stands in the parentheses.
    private sealed record Inside(IReadOnlyList<ExpressionSyntax> Arguments)
    {
        public bool IsStar { get; init; }

        public bool IsDistinct { get; init; }
    }
}
