using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>What statements are answered that ask for something, such as <c>SHOW TABLES</c>.</summary>
internal static class ScriptAnswers
{
    /// <summary>Returns the answer at the place where the statement stands.</summary>
    public static string To(Statement statement, ScriptScope scope) => statement switch
    {
        DescribeStatement describe => Described(describe.Name, scope),
        ShowStatement { Name: { } name } => Described(name, scope),
        ShowStatement { What: "TABLES" } => Names("tables and views", scope.Tables.Keys.Concat(scope.Views.Keys)),
        ShowStatement { What: "VIEWS" } => Names("views", scope.Views.Keys),
        ShowStatement { What: "CATALOGS" or "CURRENT CATALOG" } => "there is one catalog: default_catalog",
        ShowStatement { What: "DATABASES" or "CURRENT DATABASE" } => "there is one database: default_database",
        ShowStatement { What: "USER FUNCTIONS" } => Names("functions", scope.Functions.Keys),
        ShowStatement show => $"SHOW {show.What} shows nothing here",
        _ => "",
    };

    /// <summary>Returns a job's plan on one line.</summary>
    public static string PlanOf(Job job) => job.Dataflow is { } query
        ? string.Join("; ", RelationText.Tree(query.Root, job.Outputs).Split('\n').Select(l => l.TrimStart(' ', '│', '├', '└', '─')))
        : $"'{job.Source.Name}' {(job.Keys.Count > 0 ? $"by {string.Join(", ", job.Keys.Select(k => k.Name))} " : "")}into '{job.Sink.Name}'";

    private static string Names(string what, IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } all ? $"{what}: {string.Join(", ", all)}" : $"no {what} yet";

    private static string Described(Identifier name, ScriptScope scope)
    {
        if (scope.FindView(name) is not null)
            return $"'{name.Text}' is a view; 'explain' shows its columns where it is read";
        if (scope.GetTable(name) is not { } table)
            return $"there is no table '{name.Text}' yet";
        var definition = table.Definition;
        var columns = table.ColumnOrder.Select(c => definition.Columns.FirstOrDefault(d => d.Name == c) is { } column ? $"{c} {column.Type}{(column.IsNotNull ? " NOT NULL" : "")}" : $"{c} AS …");
        var key = definition.PrimaryKey.Count == 0 ? "" : $", PRIMARY KEY ({string.Join(", ", definition.PrimaryKey.Select(k => definition.Columns[k].Name))})";
        return $"'{name.Text}' has {string.Join(", ", columns)}{key}; its options are {string.Join(", ", definition.Options.All)}";
    }
}
