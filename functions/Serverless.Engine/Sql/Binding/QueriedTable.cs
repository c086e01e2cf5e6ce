using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>CREATE TABLE … AS query</c>: a table with the columns of the query behind its own, and the INSERT that fills it.</summary>
internal static class QueriedTable
{
    /// <summary>Returns the CREATE TABLE with the query's columns, and the INSERT; the first is null if the query has errors, which the INSERT will report.</summary>
    /// <param name="create">The statement, with a query.</param>
    /// <param name="scope">The tables before it.</param>
    /// <param name="settings">The session before it.</param>
    /// <param name="source">The script.</param>
    public static (CreateTableStatement? Create, InsertStatement Insert) Split(CreateTableStatement create, ScriptScope scope, JobSettings settings, SourceText source)
    {
        var insert = new InsertStatement(create.Span, create.Name, null, create.Query!);
        if (new QueryBinder(scope.Here(), settings with { Functions = scope.AllFunctions }, new Diagnostics(source), new ColumnIds()).Bind(create.Query!) is not { } query)
            return (null, insert);
        var names = query.Items.Select((item, i) => new Identifier(item.Span, NameOf(item.Value.Name, i, source[item.Span]))).ToList();
        // A column that is written down has the type that is written; the others follow those that the query does not fill.
        var others = names.Zip(query.Items).Where(n => !create.Columns.Any(c => c.Name.Text == n.First.Text));
        return (
            create with { Columns = [.. create.Columns, .. others.Select(n => new QueryColumnSyntax(n.First.Span, n.First, n.Second.Value.Scalar.Type))] },
            create.Columns.Count == 0 ? insert : insert with { Columns = names });
    }

    // What has no name in the query has a number, as in Flink.
    private static string NameOf(string name, int place, string text) =>
        name == text.ReplaceLineEndings(" ") && !name.All(c => char.IsLetterOrDigit(c) || c is '_' or '$') ? $"EXPR${place}" : name;
}
