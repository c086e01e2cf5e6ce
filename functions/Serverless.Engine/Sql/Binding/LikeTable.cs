using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>CREATE TABLE … LIKE</c>: what the other table has, and then its own.</summary>
internal static class LikeTable
{
    /// <summary>Returns the statement with what it takes from the other table; itself if it is like none, and null after an error.</summary>
    public static CreateTableStatement? Merged(CreateTableStatement create, ScriptScope scope, Diagnostics diagnostics)
    {
        if (create.Like is not { } like)
            return create;
        if (scope.FindView(like.Name) is not null)
        {
            diagnostics.Error(like.Name.Span, $"'{like.Name.Text}' is a view: LIKE takes a table");
            return null;
        }

        if (scope.FindTable(like.Name, diagnostics)?.Statement is not { } other)
            return null;
        var columns = other.Columns.Where(c => Takes(like, c switch { ComputedColumnSyntax => "GENERATED", MetadataColumnSyntax => "METADATA", _ => "ALL" })).ToList();
        foreach (var column in create.Columns)
        {
            var at = columns.FindIndex(c => c.Name.Text == column.Name.Text);
            // A column of its own in the place of one that is computed; of any other, it stands twice.
            if (at >= 0 && column is ComputedColumnSyntax && columns[at] is ComputedColumnSyntax)
                columns[at] = column;
            else
                columns.Add(column);
        }

        var ownKey = create.PrimaryKey is not null || create.Columns.OfType<PhysicalColumnSyntax>().Any(c => c.IsPrimaryKey);
        if (ownKey || !Takes(like, "CONSTRAINTS"))
            columns = [.. columns.Select(c => c is PhysicalColumnSyntax { IsPrimaryKey: true } physical && !create.Columns.Contains(c) ? physical with { IsPrimaryKey = false } : c)];
        return create with
        {
            Like = null,
            Columns = columns,
            PrimaryKey = create.PrimaryKey ?? (!ownKey && Takes(like, "CONSTRAINTS") ? other.PrimaryKey : null),
            Watermark = create.Watermark ?? (Takes(like, "WATERMARKS") ? other.Watermark : null),
            Options = Takes(like, "OPTIONS")
                ? [.. other.Options.Where(o => !create.Options.Any(own => own.Name.Text.Equals(o.Name.Text, StringComparison.OrdinalIgnoreCase))), .. create.Options]
                : create.Options,
        };
    }

    // What is chosen for it, or else for ALL; physical columns are always taken.
    private static bool Takes(LikeTableSyntax like, string what) =>
        (like.Choices.LastOrDefault(c => c.What == what).Action ?? like.Choices.LastOrDefault(c => c.What == "ALL").Action) != "EXCLUDING"
        || (what == "ALL" && like.Choices.Any(c => c.What == "ALL"));
}
