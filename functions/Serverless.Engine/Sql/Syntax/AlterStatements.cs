namespace Serverless.Engine.Sql.Syntax;

/// <summary><c>ALTER TABLE [IF EXISTS] name change</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">The table, or the view of <c>ALTER VIEW … RENAME TO</c>.</param>
/// <param name="IfExists">Whether a table that is not there is no error.</param>
/// <param name="Change">What changes.</param>
public sealed record AlterTableStatement(TextSpan Span, Identifier Name, bool IfExists, TableChange Change) : Statement(Span);

/// <summary>What an <c>ALTER TABLE</c> changes.</summary>
public abstract record TableChange(TextSpan Span) : Node(Span);

/// <summary><c>RENAME TO name</c>.</summary>
public sealed record RenameTableChange(TextSpan Span, Identifier NewName) : TableChange(Span);

/// <summary><c>SET ('key' = 'value', …)</c>.</summary>
public sealed record SetOptionsChange(TextSpan Span, IReadOnlyList<OptionSyntax> Options) : TableChange(Span);

/// <summary><c>RESET ('key', …)</c>.</summary>
public sealed record ResetOptionsChange(TextSpan Span, IReadOnlyList<StringValue> Keys) : TableChange(Span);

/// <summary><c>ADD</c> or <c>MODIFY</c> of columns, the primary key and the watermark.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="IsNew">Whether <c>ADD</c> stands there: what is there already is an error then, and otherwise what is not.</param>
/// <param name="Elements">What is added or modified.</param>
public sealed record TableElementsChange(TextSpan Span, bool IsNew, IReadOnlyList<TableElementSyntax> Elements) : TableChange(Span);

/// <summary><c>DROP name</c> or <c>DROP (name, …)</c>.</summary>
public sealed record DropColumnsChange(TextSpan Span, IReadOnlyList<Identifier> Columns) : TableChange(Span);

/// <summary><c>DROP PRIMARY KEY</c> or <c>DROP CONSTRAINT name</c>.</summary>
public sealed record DropPrimaryKeyChange(TextSpan Span) : TableChange(Span);

/// <summary><c>DROP WATERMARK</c>.</summary>
public sealed record DropWatermarkChange(TextSpan Span) : TableChange(Span);

/// <summary><c>RENAME name TO name</c>.</summary>
public sealed record RenameColumnChange(TextSpan Span, Identifier Column, Identifier NewName) : TableChange(Span);

/// <summary>One of the things in the parentheses of a table: a column, the primary key or the watermark.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Description">What to call it in an error.</param>
public sealed record TableElementSyntax(TextSpan Span, string Description) : Node(Span)
{
    /// <summary>The column; null for something else.</summary>
    public ColumnSyntax? Column { get; init; }

    /// <summary>The columns of the primary key; null for something else.</summary>
    public IReadOnlyList<Identifier>? PrimaryKey { get; init; }

    /// <summary>The watermark; null for something else.</summary>
    public WatermarkSyntax? Watermark { get; init; }

    /// <summary>Whether <c>FIRST</c> stands behind it, in an <c>ALTER TABLE</c>.</summary>
    public bool IsFirst { get; init; }

    /// <summary>The column of <c>AFTER</c> behind it, in an <c>ALTER TABLE</c>; null without one.</summary>
    public Identifier? After { get; init; }

    /// <summary>Returns a column as an element.</summary>
    public static TableElementSyntax Of(ColumnSyntax column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return new TableElementSyntax(column.Span, $"the column '{column.Name.Text}'") { Column = column };
    }
}
