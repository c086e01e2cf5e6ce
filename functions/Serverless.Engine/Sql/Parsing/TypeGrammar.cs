using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Types. Those that no column can have here are parsed too: the binder knows what to say of them.</summary>
internal static class TypeGrammar
{
    private static readonly string[] Names =
    [
        "CHAR", "CHARACTER", "VARCHAR", "STRING", "BOOLEAN", "BINARY", "VARBINARY", "BYTES", "DECIMAL", "DEC", "NUMERIC", "TINYINT",
        "SMALLINT", "INT", "INTEGER", "BIGINT", "FLOAT", "REAL", "DOUBLE", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "ROW",
        "ARRAY", "MAP", "MULTISET", "RAW", "INTERVAL",
    ];

    private static readonly TokenListParser<SqlToken, TypeSyntax> AnyType = Parse.Ref(() => Type!);

    private static readonly TokenListParser<SqlToken, TextSpan> Less = Sign(SqlToken.Less, "<");

    // NOT NULL inside a type says nothing that the tree keeps.
    private static readonly TokenListParser<SqlToken, TypeSyntax> ElementType =
        from type in AnyType
        from nullability in Has(Keyword("NOT", "NULL").Or(Keyword("NULL")))
        select type;

    private static readonly TokenListParser<SqlToken, FieldSyntax> Field = Spanned(
        from name in Name("a field name")
        from type in ElementType
        from comment in Maybe(Text("a comment in quotes"))
        select At(span => new FieldSyntax(span, name, type)));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<FieldSyntax>> Fields =
        Less.IgnoreThen(Items(Field, Describe, SqlToken.Greater, ">"))
            .Or(LeftParenthesis.IgnoreThen(Items(Field, Describe, SqlToken.RightParenthesis, ")")));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<TypeSyntax>> Elements =
        Less.IgnoreThen(Items(ElementType, type => $"the type {type.Name}", SqlToken.Greater, ">"));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<int>> Arguments =
        List(Integer, number => $"the number {number}").OptionalOrDefault([]);

    private static readonly TokenListParser<SqlToken, string> TimeZone =
        (from with in Keyword("WITH")
         from local in Has(Keyword("LOCAL"))
         from zone in Keyword("TIME", "ZONE")
         select local ? " WITH LOCAL TIME ZONE" : " WITH TIME ZONE")
        .Or(Keyword("WITHOUT", "TIME", "ZONE").Value(" WITHOUT TIME ZONE"))
        .OptionalOrDefault("");

    // YEAR TO MONTH, DAY(3) TO SECOND(3): the first unit tells which of the two kinds it is.
    private static readonly TokenListParser<SqlToken, string> Interval =
        from first in CallGrammar.IntervalUnit
        from precision in Arguments
        from last in Maybe(Keyword("TO").IgnoreThen(CallGrammar.IntervalUnit))
        select first is "YEAR" or "QUARTER" or "MONTH" ? " YEAR TO MONTH" : " DAY TO SECOND";

    private static readonly TokenListParser<SqlToken, Func<TextSpan, TypeSyntax>> Plain =
        from name in (TokenListParser<SqlToken, string>)TypeName
        from precision in name switch
        {
            "DOUBLE" => Keyword("PRECISION").Value(" PRECISION").OptionalOrDefault(""),
            "CHAR" or "CHARACTER" or "BINARY" => Keyword("VARYING").Value(" VARYING").OptionalOrDefault(""),
            "INTERVAL" => Interval,
            _ => Nothing(""),
        }
        from fields in name == "ROW" ? Fields : Nothing<IReadOnlyList<FieldSyntax>>([])
        from elements in name is "ARRAY" or "MAP" or "MULTISET" or "RAW" ? Elements : Nothing<IReadOnlyList<TypeSyntax>>([])
        from arguments in Arguments
        from zone in name is "TIME" or "TIMESTAMP" ? TimeZone : Nothing("")
        select At(span => new TypeSyntax(span, name + precision + zone, arguments, fields) { Elements = elements });

    /// <summary>A type. Those of the standard's collections stand behind their element: <c>INT ARRAY</c>.</summary>
    public static TokenListParser<SqlToken, TypeSyntax> Type { get; } = NestingLimit.OnStack(Spanned(
        from plain in Plain
        from collection in Keyword("ARRAY").Value("ARRAY").Or(Keyword("MULTISET").Value("MULTISET")).OptionalOrDefault("")
        select At(span => collection == "" ? plain(span) : new TypeSyntax(span, collection, [], []) { Elements = [plain(span)] })));

    private static TokenListParser<SqlToken, T> Nothing<T>(T value) => Parse.Return<SqlToken, T>(value);

    private static string Describe(FieldSyntax field) => $"the field '{field.Name.Text}'";

    private static TokenListParserResult<SqlToken, string> TypeName(Tokens input)
    {
        var next = input.ConsumeToken();
        if (!next.HasValue || next.Value.Kind != SqlToken.Word)
            return TokenListParserResult.Empty<SqlToken, string>(input, ["a type"]);
        var name = next.Value.ToStringValue().ToUpperInvariant();
        if (Names.Contains(name))
            return TokenListParserResult.Value(name, input, next.Remainder);
        if (ReservedWords.Contains(name))
            return TokenListParserResult.Empty<SqlToken, string>(input, ["a type"]);
        // What stands behind an unknown type may be anything; where it is nothing special, whoever binds it reports it with all others.
        var written = next.Value.ToStringValue();
        return Is(next.Remainder, SqlToken.Less) || (Is(next.Remainder, SqlToken.LeftParenthesis) && !Is(Behind(next.Remainder), SqlToken.Number))
            ? Refusal<string>(input, next.Remainder, TypeAdvice.Unknown(written, Names))
            : TokenListParserResult.Value(written, input, next.Remainder);
    }
}
