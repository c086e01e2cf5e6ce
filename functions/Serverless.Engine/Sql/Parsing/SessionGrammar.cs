using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Statements of a session: they set something, ask for something, or name what is outside of the script.</summary>
internal static class SessionGrammar
{
    private const string NoCatalog = "catalogs and databases are not made here: the tables are those that this script creates";
    private const string NoJava = "there is no Java here, so nothing is loaded";

    private static readonly TokenListParser<SqlToken, Identifier> AnyName = FromGrammar.TableName("a name");

    private static readonly TokenListParser<SqlToken, bool> IfExists = Has(Keyword("IF", "EXISTS"));

    private static readonly TokenListParser<SqlToken, bool> IfNotExists = Has(Keyword("IF", "NOT", "EXISTS"));

    private static readonly TokenListParser<SqlToken, StringValue?> Comment = Maybe(Keyword("COMMENT").IgnoreThen(Text("a comment in quotes")));

    private static readonly TokenListParser<SqlToken, Statement> Drop = Spanned(
        from word in Keyword("DROP")
        from temporary in Keyword("TEMPORARY").IgnoreThen(Has(Keyword("SYSTEM"))).OptionalOrDefault(false)
        from isTable in Keyword("TABLE").Or(Keyword("VIEW")).Value(true)
            .Or(Keyword("FUNCTION").Or(Keyword("DATABASE")).Or(Keyword("CATALOG")).Or(Keyword("MODEL")).Or(Keyword("CONNECTION")).Value(false))
            .Named("TABLE, VIEW, FUNCTION, DATABASE or CATALOG")
        from exists in IfExists
        from name in AnyName
        from behind in Has(Keyword("CASCADE").Or(Keyword("RESTRICT")))
        select At<Statement>(span => isTable ? new DropStatement(span, name) : new PassedOverStatement(span, "DROP is passed over: a job creates nothing that would have to go")));

    private static readonly TokenListParser<SqlToken, Statement> Use = Spanned(
        from word in Keyword("USE")
        from modules in RefuseAny(("USE MODULES is not supported: there is one module, with Flink's functions", ["MODULES"]))
        from isCatalog in Has(Keyword("CATALOG"))
        from name in AnyName
        select At<Statement>(span => new UseStatement(span, name, isCatalog)));

    private static readonly TokenListParser<SqlToken, Statement> Reset = Spanned(
        from word in Keyword("RESET")
        from key in Maybe(Text("a key").Or(TableGrammar.OptionWord("a key")))
        select At<Statement>(span => new ResetStatement(span, key)));

    private static readonly TokenListParser<SqlToken, Statement> Jar = Spanned(
        from word in Keyword("ADD").Or(Keyword("REMOVE"))
        from jar in Keyword("JAR").Or(Keyword("JARS")).Or(Keyword("FILE")).Or(Keyword("FILES")).Named("JAR")
        from rest in (TokenListParser<SqlToken, Tokens>)RestOfLine
        select At<Statement>(span => new PassedOverStatement(span, NoJava)));

    private static readonly TokenListParser<SqlToken, Statement> Module = Spanned(
        from word in Keyword("LOAD").Or(Keyword("UNLOAD"))
        from module in Keyword("MODULE")
        from name in Name("a module's name")
        from options in Keyword("WITH").IgnoreThen(TableGrammar.OptionList).OptionalOrDefault([])
        select At<Statement>(span => new PassedOverStatement(span, NoJava)));

    private static readonly TokenListParser<SqlToken, Statement> Show = Spanned(
        from word in Keyword("SHOW")
        from what in ShowCreate.Or((TokenListParser<SqlToken, (string, Identifier?)>)ShowWords)
        select At<Statement>(span => new ShowStatement(span, what.Item1, what.Item2)));

    private static readonly TokenListParser<SqlToken, Statement> Describe = Spanned(
        from word in Keyword("DESCRIBE").Or(Keyword("DESC"))
        from extended in Has(Keyword("EXTENDED"))
        from name in AnyName
        select At<Statement>(span => new DescribeStatement(span, name)));

    private static readonly TokenListParser<SqlToken, Statement> Explain = Spanned(
        from word in Keyword("EXPLAIN")
        from details in Keyword("PLAN", "FOR").Value(true)
            .Or(Keyword("ESTIMATED_COST").Or(Keyword("CHANGELOG_MODE")).Or(Keyword("JSON_EXECUTION_PLAN")).Or(Keyword("PLAN_ADVICE")).AtLeastOnceDelimitedBy(Comma).Value(true))
            .OptionalOrDefault(false)
        from statement in Parse.Ref(() => StatementGrammar.Statement)
        select At<Statement>(span => new ExplainStatement(span, statement)));

    private static readonly TokenListParser<SqlToken, Statement> Client = Spanned(
        from word in Keyword("QUIT").Or(Keyword("EXIT")).Or(Keyword("CLEAR")).Or(Keyword("HELP"))
        select At<Statement>(span => new PassedOverStatement(span, "a word to Flink's SQL client, which is passed over")));

    private static readonly TokenListParser<SqlToken, string> Language =
        Keyword("LANGUAGE").IgnoreThen(Name("a language")).Select(name => name.Text.ToUpperInvariant()).OptionalOrDefault("");

    private static readonly TokenListParser<SqlToken, bool> IsAssembly = Keyword("JAR").Value(false).Or(Keyword("ASSEMBLY").Value(true)).Named("ASSEMBLY or JAR");

    private static readonly TokenListParser<SqlToken, IReadOnlyList<StringValue>> Assemblies =
        (from word in Keyword("USING")
         from isAssembly in IsAssembly
         from files in IsAssembly.OptionalOrDefault().IgnoreThen(Text("a file in quotes")).AtLeastOnceDelimitedBy(Comma)
         select (IReadOnlyList<StringValue>)(isAssembly ? files : [])).OptionalOrDefault([]);

    /// <summary>What follows <c>CREATE FUNCTION</c>.</summary>
    public static TokenListParser<SqlToken, Func<TextSpan, Statement>> AfterFunction { get; } =
        from exists in IfNotExists
        from name in AnyName
        from word in Keyword("AS")
        from type in Text("a class in quotes")
        from language in Language
        from assemblies in Assemblies
        select At<Statement>(span => new CreateFunctionStatement(span, name, type, language.Length > 0 ? language : assemblies.Count > 0 ? "CSHARP" : "JAVA", assemblies) { IfNotExists = exists });

    /// <summary>What follows <c>CREATE CATALOG</c> or <c>CREATE DATABASE</c>.</summary>
    public static TokenListParser<SqlToken, Func<TextSpan, Statement>> AfterCatalog { get; } =
        from exists in IfNotExists
        from name in AnyName
        from comment in Comment
        from options in Keyword("WITH").IgnoreThen(TableGrammar.OptionList).OptionalOrDefault([])
        select At<Statement>(span => new PassedOverStatement(span, NoCatalog));

    private static TokenListParser<SqlToken, (string, Identifier?)> ShowCreate =>
        from create in Keyword("CREATE")
        from what in Keyword("TABLE").Value("CREATE TABLE").Or(Keyword("VIEW").Value("CREATE VIEW")).Or(Keyword("CATALOG").Value("CREATE CATALOG"))
        from name in AnyName
        select (what, (Identifier?)name);

    /// <summary>One of them.</summary>
    public static TokenListParser<SqlToken, Statement> Statement { get; } =
        Drop.Or(Use).Or(Reset).Or(Jar).Or(Module).Or(Show).Or(Describe).Or(Explain).Or(Client);

    // As it is written, whatever it is.
    private static TokenListParserResult<SqlToken, Tokens> RestOfLine(Tokens input)
    {
        var rest = input;
        while (rest.ConsumeToken() is { HasValue: true, Value: var token } next && (rest == input || !BeginsLine(token)))
            rest = next.Remainder;
        return TokenListParserResult.Value(rest, input, rest);
    }

    private static TokenListParserResult<SqlToken, (string, Identifier?)> ShowWords(Tokens input)
    {
        if (!Is(input, SqlToken.Word))
            return TokenListParserResult.Empty<SqlToken, (string, Identifier?)>(input, ["TABLES"]);
        var words = new List<string>();
        var rest = input;
        while (rest.ConsumeToken() is { HasValue: true, Value: var token } next && (rest == input || !BeginsLine(token)))
        {
            words.Add(token.ToStringValue().ToUpperInvariant());
            rest = next.Remainder;
        }

        return TokenListParserResult.Value((string.Join(' ', words), (Identifier?)null), input, rest);
    }
}
