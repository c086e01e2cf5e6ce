using Serverless.Engine.Sql.Syntax;
using Superpower;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;

namespace Serverless.Engine.Sql.Parsing;

/// <summary><c>ALTER TABLE</c>, and <c>ALTER VIEW … RENAME TO</c>.</summary>
internal static class AlterGrammar
{
    private static readonly TokenListParser<SqlToken, TableElementSyntax> Element =
        from element in TableGrammar.Element
        from isFirst in Has(Keyword("FIRST"))
        from after in Maybe(Keyword("AFTER").IgnoreThen(Name("a column name")))
        select element with { IsFirst = isFirst, After = after };

    private static readonly TokenListParser<SqlToken, IReadOnlyList<TableElementSyntax>> Elements =
        List(Element, element => element.Description).Or(Element.Select(element => (IReadOnlyList<TableElementSyntax>)[element]));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<Identifier>> Columns =
        ColumnNames.Or(Name("a column name").Select(name => (IReadOnlyList<Identifier>)[name]));

    private static readonly TokenListParser<SqlToken, bool> NoPartition = RefuseAny(
        ("{0} is not supported: a table here has no partitions that are added or dropped", ["PARTITION", "IF NOT EXISTS PARTITION", "IF EXISTS PARTITION"]));

    private static readonly TokenListParser<SqlToken, TableChange> Add = Spanned(
        from isNew in Keyword("ADD").Value(true).Or(Keyword("MODIFY").Value(false))
        from partition in NoPartition
        from elements in Elements
        select At<TableChange>(span => new TableElementsChange(span, isNew, elements)));

    private static readonly TokenListParser<SqlToken, TableChange> Drop = Spanned(
        from word in Keyword("DROP")
        from partition in NoPartition
        from change in Keyword("PRIMARY", "KEY").Or(Keyword("CONSTRAINT").IgnoreThen(Name("a constraint's name")).Select(name => name.Span)).Select(_ => At<TableChange>(span => new DropPrimaryKeyChange(span)))
            .Or(Keyword("WATERMARK").Select(_ => At<TableChange>(span => new DropWatermarkChange(span))))
            .Or(Columns.Select(columns => At<TableChange>(span => new DropColumnsChange(span, columns))))
        select change);

    private static readonly TokenListParser<SqlToken, TableChange> Rename = Spanned(
        from word in Keyword("RENAME")
        from change in Keyword("TO").IgnoreThen(FromGrammar.TableName("a table's name")).Select(name => At<TableChange>(span => new RenameTableChange(span, name)))
            .Or(from column in Name("a column name")
                from to in Keyword("TO")
                from name in Name("a column name")
                select At<TableChange>(span => new RenameColumnChange(span, column, name)))
        select change);

    private static readonly TokenListParser<SqlToken, TableChange> Set = Spanned(
        from word in Keyword("SET")
        from options in TableGrammar.OptionList
        select At<TableChange>(span => new SetOptionsChange(span, options)));

    private static readonly TokenListParser<SqlToken, TableChange> Reset = Spanned(
        from word in Keyword("RESET")
        from keys in List(Text("an option's name"), key => $"the option '{key.Text}'")
        select At<TableChange>(span => new ResetOptionsChange(span, keys)));

    /// <summary>One of them.</summary>
    public static TokenListParser<SqlToken, Statement> Statement { get; } = Spanned(
        from word in Keyword("ALTER")
        from others in RefuseAny(("ALTER {0} is not supported; change the CREATE statement itself", ["FUNCTION", "TEMPORARY", "DATABASE", "CATALOG", "MODEL", "CONNECTION", "MATERIALIZED"]))
        from isTable in Keyword("TABLE").Value(true).Or(Keyword("VIEW").Value(false)).Named("TABLE or VIEW")
        from exists in Has(Keyword("IF", "EXISTS"))
        from name in FromGrammar.TableName("a table's name")
        from @as in RefuseAny(("ALTER VIEW … AS is not supported; write CREATE VIEW once more, which counts from there on", ["AS"]))
        from change in (isTable ? Rename.Or(Set).Or(Reset).Or(Add).Or(Drop).Named("ADD, MODIFY, DROP, RENAME, SET or RESET") : Rename.Named("RENAME TO"))
        select At<Statement>(span => new AlterTableStatement(span, name, exists, change)));
}
