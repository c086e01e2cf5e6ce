using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Calls of table functions, <c>TUMBLE</c> among them, and their arguments.</summary>
internal static class TableFunctionGrammar
{
    private static readonly TokenListParser<SqlToken, FromSyntax> Subquery =
        Parse.Ref(() => QueryGrammar.Parenthesized).Select(FromSyntax (query) => new FromQuerySyntax(query.Span, query, false, null));

    private static readonly TokenListParser<SqlToken, FromSyntax> Table = Spanned(
        from name in FromGrammar.TableName("a table, a view or a subquery")
        from hints in HintGrammar.Hints
        select At<FromSyntax>(span => new FromTableSyntax(span, name, null, null) { Hints = hints }));

    // One, or several in parentheses: a comma without them begins the next argument.
    private static readonly TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> PartitionBy =
        (from words in Keyword("PARTITION", "BY")
         from key in ExpressionGrammar.Expression
         select key is RowSyntax row ? row.Items : [key]).OptionalOrDefault([]);

    private static readonly TokenListParser<SqlToken, Func<TextSpan, Identifier?, TableArgumentSyntax>> TableArgument =
        from word in Keyword("TABLE")
        from table in Subquery.Or(Table).Named("a table, a view or a subquery")
        from partition in PartitionBy
        from order in RefuseAny(("ORDER BY of a table's argument is not supported; leave it out", ["ORDER BY"]))
        select Argument((span, name) => new TableArgumentSyntax(span, name, table, partition, null, null));

    private static readonly TokenListParser<SqlToken, Func<TextSpan, Identifier?, TableArgumentSyntax>> QueryArgument =
        from query in Subquery
        select Argument((span, name) => new TableArgumentSyntax(span, name, query, [], null, null));

    private static readonly TokenListParser<SqlToken, Func<TextSpan, Identifier?, TableArgumentSyntax>> Descriptor =
        from word in Keyword("DESCRIPTOR")
        from columns in ColumnNames
        select Argument((span, name) => new TableArgumentSyntax(span, name, null, [], columns, null));

    private static readonly TokenListParser<SqlToken, Func<TextSpan, Identifier?, TableArgumentSyntax>> ExpressionArgument =
        from expression in ExpressionGrammar.Expression
        select Argument((span, name) => new TableArgumentSyntax(span, name, null, [], null, expression));

    private static readonly TokenListParser<SqlToken, TableArgumentSyntax> AnyArgument = Spanned(
        from name in (TokenListParser<SqlToken, Identifier?>)ArgumentName
        from make in (TokenListParser<SqlToken, Func<TextSpan, Identifier?, TableArgumentSyntax>>)(input =>
            Is(input, "TABLE") ? TableArgument(input)
            : Is(input, "DESCRIPTOR") && !IsEndOfArgument(Behind(input)) ? Descriptor(input)
            : Is(input, SqlToken.LeftParenthesis) && QueryGrammar.Begins(Behind(input)) ? QueryArgument(input)
            : ExpressionArgument(input))
        select At(span => make(span, name)));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<TableArgumentSyntax>> Arguments = input =>
        Is(input, SqlToken.LeftParenthesis) && Is(Behind(input), SqlToken.RightParenthesis)
            ? TokenListParserResult.Value<SqlToken, IReadOnlyList<TableArgumentSyntax>>([], input, Behind(Behind(input)))
            : List(AnyArgument, argument => argument.Name is { } name ? $"the argument {name.Text}" : "the argument")(input);

    /// <summary>The function's name and its arguments in parentheses.</summary>
    public static TokenListParser<SqlToken, FromFunctionSyntax> Function { get; } = Spanned(
        from name in OnlyBefore(
            SqlToken.LeftParenthesis,
            NotBefore(SqlToken.Dot, Name("a table function"), "user-defined functions are not supported; the others have a name of one part"),
            "TABLE (…) holds a call of a table function, such as TUMBLE; a table's name stands without it")
        from arguments in Arguments
        select At(span => new FromFunctionSyntax(span, name, arguments, null)));

    /// <summary>Whether a call comes next.</summary>
    public static bool Begins(Tokens input) =>
        input.ConsumeToken() is { HasValue: true, Value: var token } && IsName(token) && Is(Behind(input), SqlToken.LeftParenthesis);

    private static bool IsEndOfArgument(Tokens input) => input.IsAtEnd || Is(input, SqlToken.Comma) || Is(input, SqlToken.RightParenthesis);

    private static Func<TextSpan, Identifier?, TableArgumentSyntax> Argument(Func<TextSpan, Identifier?, TableArgumentSyntax> make) => make;

    // A reserved word may name an argument, as OFFSET does: the arrow behind it tells.
    private static TokenListParserResult<SqlToken, Identifier?> ArgumentName(Tokens input)
    {
        var next = input.ConsumeToken();
        if (!next.HasValue || next.Value.Kind is not (SqlToken.Word or SqlToken.QuotedName))
            return TokenListParserResult.Value<SqlToken, Identifier?>(null, input, input);
        var name = NameOf(next.Value);
        return Is(next.Remainder, SqlToken.Arrow) ? TokenListParserResult.Value<SqlToken, Identifier?>(name, input, Behind(next.Remainder))
            : Is(next.Remainder, SqlToken.Equal) ? Refusal<Identifier?>(input, Behind(next.Remainder), $"an argument with a name is written {name.Text} => …")
            : TokenListParserResult.Value<SqlToken, Identifier?>(null, input, input);
    }
}
