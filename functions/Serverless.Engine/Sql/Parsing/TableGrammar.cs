using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary><c>CREATE TABLE</c>.</summary>
internal static class TableGrammar
{
    private static readonly TokenListParser<SqlToken, bool> Enforcement =
        Has(Keyword("NOT", "ENFORCED").Or(Keyword("ENFORCED")));

    private static readonly TokenListParser<SqlToken, StringValue?> Comment =
        Maybe(Keyword("COMMENT").IgnoreThen(Text("a comment in quotes")));

    private static readonly TokenListParser<SqlToken, TableElementSyntax> PrimaryKey = Spanned(
        from constraint in Maybe(Keyword("CONSTRAINT").IgnoreThen(Name("a constraint's name")))
        from words in Keyword("PRIMARY", "KEY")
        from columns in ColumnNames
        from enforcement in Enforcement
        select At(span => new TableElementSyntax(span, "the primary key") { PrimaryKey = columns }));

    private static readonly TokenListParser<SqlToken, TableElementSyntax> Watermark = Spanned(
        from word in Keyword("WATERMARK")
        from name in Maybe(Name("a watermark's name"))
        from @for in Keyword("FOR")
        from column in Name("a column name").AtLeastOnceDelimitedBy(Dot)
        from @as in Keyword("AS")
        from time in ExpressionGrammar.Expression
        select At(span => new TableElementSyntax(span, "the watermark") { Watermark = new(span, column[0], time) }));

    private static readonly TokenListParser<SqlToken, Identifier> ColumnName = Name("a column name");

    private static readonly TokenListParser<SqlToken, TableElementSyntax> Computed = Spanned(
        from name in ColumnName
        from @as in Keyword("AS")
        from expression in ExpressionGrammar.Expression
        from comment in Comment
        select At(span => TableElementSyntax.Of(new ComputedColumnSyntax(span, name, expression))));

    private static readonly TokenListParser<SqlToken, string> Property =
        Keyword("NOT", "NULL").Value("NOT NULL")
            .Or(Keyword("NULL").Value("NULL"))
            .Or(from constraint in Maybe(Keyword("CONSTRAINT").IgnoreThen(Name("a constraint's name")))
                from key in Keyword("PRIMARY", "KEY")
                from enforcement in Enforcement
                select "PRIMARY KEY")
            .Or(Keyword("COMMENT").IgnoreThen(Text("a comment in quotes")).Value("COMMENT"))
            .Or(Refuse<string, TextSpan>(Keyword("DEFAULT"), "DEFAULT is not supported; use COALESCE in the query"))
            .Or(Refuse<string, TextSpan>(Keyword("UNIQUE"), "UNIQUE is not supported; a table has one PRIMARY KEY"))
            .Or(Refuse<string, TextSpan>(Keyword("REFERENCES"), "foreign keys are not supported"));

    private static readonly TokenListParser<SqlToken, MetadataWords> Metadata =
        from word in Keyword("METADATA")
        from key in Maybe(Keyword("FROM").IgnoreThen(Text("the name of metadata in quotes, as in METADATA FROM 'timestamp'")))
        from isVirtual in Has(Keyword("VIRTUAL"))
        select new MetadataWords(key, isVirtual);

    private static readonly TokenListParser<SqlToken, TableElementSyntax> Physical = Spanned(
        from name in ColumnName
        from type in TypeGrammar.Type
        from before in Property.Many()
        from metadata in Maybe(Metadata)
        from after in metadata is null ? Parse.Return<SqlToken, string[]>([]) : Property.Many()
        select At(span => TableElementSyntax.Of(metadata is null
            ? new PhysicalColumnSyntax(span, name, type, before.Contains("NOT NULL"), before.Contains("PRIMARY KEY"))
            : new MetadataColumnSyntax(span, name, type, metadata.Key, metadata.IsVirtual))));

    // Blink's mark of a table that is joined as of a time.
    private static readonly TokenListParser<SqlToken, TableElementSyntax> Period = Spanned(
        from words in Keyword("PERIOD", "FOR", "SYSTEM_TIME")
        select At(span => new TableElementSyntax(span, "PERIOD FOR SYSTEM_TIME")));

    /// <summary>A column, the primary key or the watermark.</summary>
    public static TokenListParser<SqlToken, TableElementSyntax> Element { get; } = input =>
        Is(input, "PRIMARY") || Is(input, "CONSTRAINT") ? PrimaryKey(input)
        : Is(input, "WATERMARK") ? Watermark(input)
        : Is(input, "PERIOD") ? Period(input)
        : Is(input, "UNIQUE") || Is(input, "FOREIGN") || Is(input, "CHECK")
            ? Refusal<TableElementSyntax>(input, Behind(input), $"{input.ConsumeToken().Value.ToStringValue().ToUpperInvariant()} is not supported in a table; it may have a PRIMARY KEY")
        : Is(Behind(input), "AS") ? Computed(input)
        : Physical(input);

    /// <summary>An option's value: a string, or a bare number or truth value.</summary>
    public static TokenListParser<SqlToken, StringValue> OptionValue { get; } = Text("a value in quotes").Or(OptionLiteral);

    private static readonly TokenListParser<SqlToken, OptionSyntax> Option = Spanned(
        from name in Text("an option's name").Or(OptionWord("an option's name"))
        from equal in Equal
        from value in OptionValue
        select At(span => new OptionSyntax(span, name, value)));

    /// <summary><c>('k' = 'v', …)</c>.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<OptionSyntax>> OptionList { get; } = List(Option, option => $"the option '{option.Name.Text}'");

    private static readonly TokenListParser<SqlToken, IReadOnlyList<OptionSyntax>> Options =
        Keyword("WITH").IgnoreThen(OptionList).OptionalOrDefault([]);

    private static readonly TokenListParser<SqlToken, QuerySyntax?> AsQuery = Maybe(Keyword("AS").IgnoreThen(Parse.Ref(() => QueryGrammar.Query)));

    private static readonly TokenListParser<SqlToken, TextSpan> Partitioned =
        from words in Keyword("PARTITIONED", "BY")
        from columns in ColumnNames
        select words;

    private static readonly TokenListParser<SqlToken, TextSpan> Distributed =
        from word in Keyword("DISTRIBUTED")
        from columns in Has(from @by in Keyword("BY")
                            from how in Has(Keyword("HASH").Or(Keyword("RANGE")))
                            from names in ColumnNames
                            select names)
        from buckets in Has(Keyword("INTO").IgnoreThen(Integer).IgnoreThen(Keyword("BUCKETS")))
        select word;

    private static readonly TokenListParser<SqlToken, TextSpan?> Partitioning =
        Partitioned.Or(Distributed).Select(span => (TextSpan?)span).OptionalOrDefault(null);

    private static readonly TokenListParser<SqlToken, (string, string)> Choice =
        from action in Keyword("INCLUDING").Value("INCLUDING").Or(Keyword("EXCLUDING").Value("EXCLUDING")).Or(Keyword("OVERWRITING").Value("OVERWRITING"))
            .Named("INCLUDING, EXCLUDING or OVERWRITING")
        from what in Word("ALL").Or(Word("CONSTRAINTS")).Or(Word("DISTRIBUTION")).Or(Word("GENERATED")).Or(Word("METADATA")).Or(Word("OPTIONS")).Or(Word("PARTITIONS")).Or(Word("WATERMARKS"))
            .Named("ALL, CONSTRAINTS, GENERATED, METADATA, OPTIONS, PARTITIONS or WATERMARKS")
        select (action, what);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<(string, string)>> Choices =
        (from open in LeftParenthesis
         from choices in Choice.AtLeastOnce()
         from close in RightParenthesis
         select (IReadOnlyList<(string, string)>)choices).OptionalOrDefault([]);

    private static readonly TokenListParser<SqlToken, LikeTableSyntax?> Like = Maybe(Spanned(
        from word in Keyword("LIKE")
        from name in FromGrammar.TableName("a table's name")
        from choices in Choices
        select At(span => new LikeTableSyntax(span, name, choices))));

    // A table that is like another, or filled by a query, may have no column of its own.
    private static readonly TokenListParser<SqlToken, IReadOnlyList<TableElementSyntax>> Elements = input =>
        Is(input, "LIKE") || Is(input, "WITH") || Is(input, "AS") || Is(input, "COMMENT")
            ? TokenListParserResult.Value<SqlToken, IReadOnlyList<TableElementSyntax>>([], input, input)
            : List(Element, element => element.Description).Checked(Doubled)(input);

    /// <summary>All that follows the word TABLE.</summary>
    public static TokenListParser<SqlToken, Func<TextSpan, Statement>> AfterTable { get; } =
        from exists in Has(Keyword("IF", "NOT", "EXISTS"))
        from name in FromGrammar.TableName("a table's name")
        from elements in Elements
        from comment in Comment
        from partitioning in Partitioning
        from options in Options
        from behind in Partitioning
        from like in Like
        from query in AsQuery
        select At<Statement>(span => new CreateTableStatement(
            span,
            name,
            [.. elements.Select(element => element.Column).OfType<ColumnSyntax>()],
            elements.FirstOrDefault(element => element.PrimaryKey is not null)?.PrimaryKey,
            elements.FirstOrDefault(element => element.Watermark is not null)?.Watermark,
            options) { IfNotExists = exists, Partitioning = partitioning ?? behind, Like = like, Query = query });

    private static TokenListParser<SqlToken, string> Word(string word) => Keyword(word).Value(word);

    private static string? Doubled(IReadOnlyList<TableElementSyntax> elements)
    {
        var keys = elements.Count(element => element.PrimaryKey is not null || element.Column is PhysicalColumnSyntax { IsPrimaryKey: true });
        return keys > 1 ? "a table has one PRIMARY KEY; name all its columns in one: PRIMARY KEY (a, b) NOT ENFORCED"
            : elements.Count(element => element.Watermark is not null) > 1 ? "a table has one WATERMARK"
            : null;
    }

    /// <summary>A bare name, which is what the legacy options are written in: tableName, properties.group.id, max-rows.</summary>
    public static TokenListParser<SqlToken, StringValue> OptionWord(string what) => input =>
    {
        var rest = input;
        var end = -1;
        // Without a blank between them: two words in a row are no name.
        while (rest.ConsumeToken() is { HasValue: true, Value: var token } next
            && (rest == input
                ? token.Kind is SqlToken.Word or SqlToken.QuotedName
                : token.Position.Absolute == end && token.Kind is SqlToken.Word or SqlToken.Dot or SqlToken.Minus or SqlToken.Number))
        {
            end = SpanOf(token).End;
            rest = next.Remainder;
        }
        if (rest == input)
            return TokenListParserResult.Empty<SqlToken, StringValue>(input, [what]);
        var text = string.Concat(input.Take(rest.Position - input.Position).Select(token => NameOf(token).Text));
        return TokenListParserResult.Value(new StringValue(SpanBetween(input, rest), text), input, rest);
    };

    // Numbers, TRUE and FALSE mean themselves without quotes.
    private static TokenListParserResult<SqlToken, StringValue> OptionLiteral(Tokens input)
    {
        var digits = Is(input, SqlToken.Minus) ? Behind(input) : input;
        if (Is(digits, SqlToken.Number))
        {
            var number = Behind(digits);
            var text = string.Concat(input.Take(number.Position - input.Position).Select(token => token.ToStringValue()));
            return TokenListParserResult.Value(new StringValue(SpanBetween(input, number), text), input, number);
        }
        if (Is(input, "TRUE") || Is(input, "FALSE"))
        {
            var token = input.ConsumeToken().Value;
            return TokenListParserResult.Value(new StringValue(SpanOf(token), token.ToStringValue()), input, Behind(input));
        }
        if (Is(input, SqlToken.Word))
            return Refusal<StringValue>(input, Behind(input), $"an option's value stands in quotes: '{input.ConsumeToken().Value.ToStringValue()}'");
        return TokenListParserResult.Empty<SqlToken, StringValue>(input, ["a value in quotes"]);
    }

    // What stands behind the type of a metadata column.
    private sealed record MetadataWords(StringValue? Key, bool IsVirtual);
}
