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
    private static readonly string[] Known = ["SET", "CREATE", "INSERT"];

    private static readonly (string Words, string Advice)[] NotSupported =
    [
        ("SELECT", "a SELECT alone writes nowhere; write INSERT INTO a table before it"),
        ("WITH", "a query alone writes nowhere; write INSERT INTO a table before WITH"),
        ("UPDATE", "UPDATE is not supported: a job only inserts; its sink updates rows by their PRIMARY KEY"),
        ("DELETE", "DELETE is not supported: a job only inserts"),
        ("MERGE", "MERGE is not supported: a job only inserts; its sink updates rows by their PRIMARY KEY"),
        ("UPSERT", "UPSERT is not supported; write INSERT INTO: a sink updates rows by their PRIMARY KEY"),
        ("TRUNCATE", "TRUNCATE is not supported: a script only reads sources and writes sinks"),
        ("DROP", "DROP is not supported: what a script creates is gone when it ends; leave it out"),
        ("ALTER", "ALTER is not supported; change the CREATE statement itself"),
        ("USE", "USE is not supported: there is one catalog and one database; leave it out"),
        ("ADD JAR", "ADD JAR is not supported: there is no Java here"),
        ("REMOVE JAR", "REMOVE JAR is not supported: there is no Java here"),
        ("ADD", "ADD is not supported"),
        ("REMOVE", "REMOVE is not supported"),
        ("EXPLAIN", "EXPLAIN is not a statement here; run the command 'serverless-sql explain' on the script"),
        ("DESCRIBE", "DESCRIBE is not supported; the CREATE statement is in the script"),
        ("DESC", "DESC is not supported; the CREATE statement is in the script"),
        ("SHOW", "SHOW is not supported; the script holds all there is"),
        ("RESET", "RESET is not supported; leave the SET statement out"),
        ("LOAD", "LOAD MODULE is not supported"),
        ("UNLOAD", "UNLOAD MODULE is not supported"),
        ("ANALYZE", "ANALYZE is not supported"),
        ("CALL", "CALL is not supported"),
        ("COMPILE", "COMPILE PLAN is not supported"),
        ("STOP", "STOP JOB is not supported"),
        ("VALUES", "a query alone writes nowhere; write INSERT INTO a table before VALUES"),
        ("BEGIN", "a statement set begins with BEGIN STATEMENT SET;"),
        ("EXECUTE", "EXECUTE stands only before STATEMENT SET BEGIN … END; leave it out"),
    ];

    private static readonly (string Words, string Advice)[] NotCreated =
    [
        ("OR REPLACE", "OR REPLACE is not supported: nothing exists before the script; leave it out"),
        ("FUNCTION", "CREATE FUNCTION is not supported: there are no user-defined functions"),
        ("CATALOG", "CREATE CATALOG is not supported: there is one catalog; leave it out"),
        ("DATABASE", "CREATE DATABASE is not supported: there is one database; leave it out"),
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
        select At<Statement>(span => new CreateViewStatement(span, name, columns, query));

    private static readonly TokenListParser<SqlToken, Statement> Create = Spanned(
        from create in Keyword("CREATE")
        from unsupported in RefuseAll(NotCreated)
        from temporary in Keyword("TEMPORARY").IgnoreThen(Has(Keyword("SYSTEM"))).OptionalOrDefault(false)
        from alsoUnsupported in RefuseAll(NotCreated)
        from statement in Keyword("TABLE").IgnoreThen(TableGrammar.AfterTable).Or(Keyword("VIEW").IgnoreThen(AfterView))
        select statement);

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
        from key in Text("a key").Or(Bare("a key", SqlToken.Equal))
        from equal in Equal
        from value in (TokenListParser<SqlToken, StringValue>)SetValue
        select At<Statement>(span => new SetStatement(span, key, value)));

    /// <summary>One statement.</summary>
    public static TokenListParser<SqlToken, Statement> Statement { get; } =
        from unsupported in RefuseAll(NotSupported)
        from statement in Create.Or(Insert).Or(Set).Or(RefuseUnknown).Named("a statement: SET, CREATE or INSERT INTO")
        select statement;

    private static TokenListParserResult<SqlToken, StringValue> SetValue(Tokens input) =>
        Is(input, SqlToken.String) ? Text("a value")(input) : Bare("a value", SqlToken.Semicolon)(input);

    // What stands before a mark, as it is written, blanks and all.
    private static TokenListParser<SqlToken, StringValue> Bare(string what, SqlToken end) => input =>
    {
        var tokens = input.TakeWhile(token => token.Kind < SqlToken.Unknown && token.Kind != end && token.Kind != SqlToken.String).ToList();
        if (tokens.Count == 0)
            return TokenListParserResult.Empty<SqlToken, StringValue>(input, [what]);
        var span = SpanOf(tokens[0]).To(SpanOf(tokens[^1]));
        var rest = input;
        for (var i = 0; i < tokens.Count; i++)
            rest = Behind(rest);
        return TokenListParserResult.Value(new StringValue(span, tokens[0].Span.Source!.Substring(span.Start, span.Length)), input, rest);
    };

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
