using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Statements, told apart by their first word.</summary>
internal static class StatementGrammar
{
    private static readonly string[] Known = ["SET", "CREATE", "INSERT", "SELECT", "DROP", "USE", "RESET", "SHOW", "DESCRIBE", "EXPLAIN", "ALTER"];

    private static readonly (string Words, string Advice)[] NotSupported =
    [
        ("UPDATE", "UPDATE is not supported: a job only inserts; its sink updates rows by their PRIMARY KEY"),
        ("DELETE", "DELETE is not supported: a job only inserts"),
        ("MERGE", "MERGE is not supported: a job only inserts; its sink updates rows by their PRIMARY KEY"),
        ("UPSERT", "UPSERT is not supported; write INSERT INTO: a sink updates rows by their PRIMARY KEY"),
        ("TRUNCATE", "TRUNCATE is not supported: a script only reads sources and writes sinks"),
        ("ANALYZE", "ANALYZE is not supported"),
        ("CALL", "CALL is not supported"),
        ("COMPILE", "COMPILE PLAN is not supported"),
        ("STOP", "STOP JOB is not supported"),
        ("BEGIN", "a statement set begins with BEGIN STATEMENT SET;"),
        ("EXECUTE", "EXECUTE stands before STATEMENT SET BEGIN … END or before an INSERT"),
    ];

    private static readonly (string Words, string Advice)[] NotCreated =
    [
        ("MATERIALIZED", "CREATE MATERIALIZED TABLE is not supported; write CREATE TABLE and INSERT INTO"),
        ("MODEL", "CREATE MODEL is not supported"),
        ("CONNECTION", "CREATE CONNECTION is not supported; write the options in the table's WITH (…)"),
        ("EXTERNAL", "CREATE EXTERNAL TABLE is not supported; write CREATE TABLE … WITH (…)"),
    ];

    private static readonly TokenListParser<SqlToken, StringValue?> Comment =
        Maybe(Keyword("COMMENT").IgnoreThen(Text("a comment in quotes")));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<Identifier>> ViewColumns = List(
        from name in Name("a column name")
        from comment in Comment
        select name,
        column => $"the column '{column.Text}'");

    private static readonly TokenListParser<SqlToken, Func<TextSpan, Statement>> AfterView =
        from exists in Has(Keyword("IF", "NOT", "EXISTS"))
        from name in FromGrammar.TableName("a view's name")
        from columns in Maybe(ViewColumns)
        from comment in Comment
        from @as in Keyword("AS")
        from query in QueryGrammar.Query
        select At<Statement>(span => new CreateViewStatement(span, name, columns, query) { IfNotExists = exists });

    private static readonly TokenListParser<SqlToken, Statement> Create = Spanned(
        from create in Keyword("CREATE")
        from replace in Has(Keyword("OR", "REPLACE"))
        from unsupported in RefuseAll(NotCreated)
        from isSystem in Keyword("TEMPORARY").IgnoreThen(Has(Keyword("SYSTEM"))).OptionalOrDefault(false)
        from alsoUnsupported in RefuseAll(NotCreated)
        from statement in Keyword("TABLE").IgnoreThen(TableGrammar.AfterTable)
            .Or(Keyword("VIEW").IgnoreThen(AfterView))
            .Or(Keyword("FUNCTION").IgnoreThen(SessionGrammar.AfterFunction))
            .Or(Keyword("CATALOG").Or(Keyword("DATABASE")).IgnoreThen(SessionGrammar.AfterCatalog))
            .Named("TABLE, VIEW or FUNCTION")
        select At(span => statement(span) is var made && made is CreateFunctionStatement function ? function with { IsSystem = isSystem } : made));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<Identifier>?> InsertColumns = input =>
        Is(input, SqlToken.LeftParenthesis) && !QueryGrammar.Begins(Behind(input)) && !Is(Behind(input), SqlToken.LeftParenthesis)
            ? Maybe(ColumnNames)(input)
            : TokenListParserResult.Value<SqlToken, IReadOnlyList<Identifier>?>(null, input, input);

    private static readonly TokenListParser<SqlToken, Statement> Insert = Spanned(
        from insert in Keyword("INSERT")
        from overwrite in Refuse<bool, TextSpan>(
            Keyword("OVERWRITE"), "INSERT OVERWRITE is not supported; write INSERT INTO: a sink updates rows by their PRIMARY KEY").OptionalOrDefault(true)
        from words in Keyword("INTO")
        from table in FromGrammar.TableName("a table's name")
        from partition in Refuse<bool, TextSpan>(Keyword("PARTITION"), "PARTITION is not supported; write its columns in SELECT").OptionalOrDefault(true)
        from hints in HintGrammar.Hints
        from columns in InsertColumns
        from query in QueryGrammar.Query
        select At<Statement>(span => new InsertStatement(span, table, columns, query) { Hints = hints }));

    private static readonly TokenListParser<SqlToken, Statement> Set = Spanned(
        from set in Keyword("SET")
        from key in Text("a key").Or((TokenListParser<SqlToken, StringValue>)BareKey)
        from equal in Equal
        from value in Text("a value").Or((TokenListParser<SqlToken, StringValue>)BareValue)
        select At<Statement>(span => new SetStatement(span, key, value)));

    private static readonly TokenListParser<SqlToken, Statement> Query = Spanned(
        from query in QueryGrammar.Query
        select At<Statement>(span => new QueryStatement(span, query)));

    private static readonly TokenListParser<SqlToken, bool> Refused = RefuseAll(NotSupported);

    private static readonly TokenListParser<SqlToken, Statement> Others =
        Create.Or(Insert).Or(Set).Or(AlterGrammar.Statement).Or(SessionGrammar.Statement).Or(RefuseUnknown).Named("a statement: SET, CREATE or INSERT INTO");

    /// <summary>One statement. EXECUTE before an INSERT says nothing more.</summary>
    public static TokenListParser<SqlToken, Statement> Statement { get; } =
        from unsupported in (TokenListParser<SqlToken, bool>)BeforeStatement
        from statement in (TokenListParser<SqlToken, Statement>)(input => QueryGrammar.Begins(input) || Is(input, SqlToken.LeftParenthesis) ? Query(input) : Others(input))
        select statement;

    private static TokenListParserResult<SqlToken, bool> BeforeStatement(Tokens input) =>
        Is(input, "EXECUTE") && Is(Behind(input), "INSERT") ? TokenListParserResult.Value(true, input, Behind(input)) : Refused(input);

    private static TokenListParserResult<SqlToken, StringValue> BareKey(Tokens input) =>
        Bare(input, "a key", [.. input.TakeWhile(token => token.Kind is not (SqlToken.Equal or SqlToken.String) && token.Kind < SqlToken.Unknown)]);

    // A path or a duration, up to the end of the line.
    private static TokenListParserResult<SqlToken, StringValue> BareValue(Tokens input) => Bare(
        input,
        "a value",
        [.. input.TakeWhile((token, i) => token.Kind is not (SqlToken.String or SqlToken.DoubleQuoted or >= SqlToken.UnterminatedString) && (i == 0 || !BeginsLine(token)))]);

    // As it is written, blanks and all.
    private static TokenListParserResult<SqlToken, StringValue> Bare(Tokens input, string what, List<Token<SqlToken>> tokens)
    {
        if (tokens.Count == 0)
            return TokenListParserResult.Empty<SqlToken, StringValue>(input, [what]);
        var span = SpanOf(tokens[0]).To(SpanOf(tokens[^1]));
        var rest = input;
        for (var i = 0; i < tokens.Count; i++)
            rest = Behind(rest);
        return TokenListParserResult.Value(new StringValue(span, tokens[0].Span.Source!.Substring(span.Start, span.Length)), input, rest);
    }

    private static TokenListParserResult<SqlToken, Statement> RefuseUnknown(Tokens input)
    {
        var next = input.ConsumeToken();
        if (!next.HasValue || next.Value.Kind != SqlToken.Word)
            return TokenListParserResult.Empty<SqlToken, Statement>(input, ["a statement"]);
        var word = next.Value.ToStringValue();
        var near = Spelling.Nearest(word, Known.Concat(NotSupported.Select(refused => refused.Words)));
        return Refusal<Statement>(
            input, next.Remainder, near is null ? $"'{word}' begins no statement; write SET, CREATE or INSERT INTO" : $"'{word}' begins no statement; did you mean {near}?");
    }

    private static TokenListParser<SqlToken, bool> RefuseAll((string Words, string Advice)[] refusals) =>
        RefuseAny([.. refusals.Select(refusal => (refusal.Advice, new[] { refusal.Words }))]);
}
