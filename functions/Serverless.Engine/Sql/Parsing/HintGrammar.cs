using Serverless.Engine.Sql.Syntax;
using Superpower;
using static Serverless.Engine.Sql.Parsing.Grammar;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Hints, <c>/*+ … */</c>, behind SELECT and behind a table's name.</summary>
internal static class HintGrammar
{
    private static readonly TokenListParser<SqlToken, StringValue> Number =
        Superpower.Parsers.Token.EqualTo(SqlToken.Number).Select(token => new StringValue(SpanOf(token), token.ToStringValue()));

    // 'k' = 'v', or the name of a table, or a number.
    private static readonly TokenListParser<SqlToken, OptionSyntax?> Argument = Spanned(
        from name in Text("an option or a name").Or(TableGrammar.OptionWord("an option or a name")).Or(Number).Named("an option or a name")
        from value in Maybe(Equal.IgnoreThen(TableGrammar.OptionValue))
        select At(span => value is null ? null : new OptionSyntax(span, name, value)));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<OptionSyntax>> Arguments =
        List(Argument, _ => "the argument").Select(arguments => (IReadOnlyList<OptionSyntax>)[.. arguments.OfType<OptionSyntax>()]);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<OptionSyntax>> Options = TableGrammar.OptionList;

    private static readonly TokenListParser<SqlToken, HintSyntax> Hint = Spanned(
        from name in Name("a hint's name")
        from arguments in name.Text.Equals("OPTIONS", StringComparison.OrdinalIgnoreCase) ? Options : Arguments.OptionalOrDefault([])
        select At(span => new HintSyntax(span, name, arguments)));

    /// <summary>The hints that stand here; empty without any.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<HintSyntax>> Hints { get; } =
        Sign(SqlToken.HintStart, "/*+").IgnoreThen(
            Sign(SqlToken.HintEnd, "*/").Value((IReadOnlyList<HintSyntax>)[])
                .Or(Items(Hint, hint => $"the hint {hint.Name.Text}", SqlToken.HintEnd, "*/"))
                .Named("a hint's name")).OptionalOrDefault([]);
}
