using Serverless.Engine.Expressions;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A table that names may refer to.</summary>
/// <param name="Alias">What its columns may be qualified with.</param>
/// <param name="Columns">The columns' names in order, for <c>*</c> and «did you mean».</param>
/// <param name="Find">Finds a column: its expression, or null where there is none.</param>
internal sealed record ScopeTable(string? Alias, IReadOnlyList<string> Columns, Func<string, Scalar?> Find)
{
    /// <summary>The columns that only go by the table's name, since USING has made them one with another table's.</summary>
    public IReadOnlySet<string> Hidden { get; init; } = new HashSet<string>();

    /// <summary>The columns that <c>*</c> means.</summary>
    public IEnumerable<string> Shown => Columns.Where(c => !Hidden.Contains(c));
}

/// <summary>What names refer to at one point of a query: the tables of its FROM, and for a subquery those of the query around it.</summary>
/// <param name="tables">The tables.</param>
/// <param name="outer">The names of the query around it; null if it may not use them.</param>
internal sealed class Scope(IReadOnlyList<ScopeTable> tables, Scope? outer = null)
{
    /// <summary>The tables.</summary>
    public IReadOnlyList<ScopeTable> Tables { get; } = tables;

    /// <summary>The columns of the query around it that were used.</summary>
    public HashSet<int> OuterColumns { get; } = [];

    /// <summary>The names of all columns, and of the tables if they have names: for «did you mean».</summary>
    public IEnumerable<string> Names => Tables.SelectMany(t => t.Columns);

    /// <summary>The tables' names.</summary>
    public IEnumerable<string> Aliases => Tables.Select(t => t.Alias).OfType<string>();

    /// <summary>The names that SELECT gives its items, which the query's other clauses do not see.</summary>
    public IReadOnlySet<string> SelectAliases { get; init; } = new HashSet<string>();

    /// <summary>Whether a name is a table's.</summary>
    public bool HasTable(string alias) => Tables.Any(t => t.Alias == alias) || outer?.HasTable(alias) == true;

    /// <summary>Whether a column is there, even if it cannot be made.</summary>
    public bool HasColumn(string? table, string column) =>
        Tables.Any(t => (table is null || t.Alias == table) && t.Columns.Contains(column)) || outer?.HasColumn(table, column) == true;

    /// <summary>Returns the scope with other tables beside its own.</summary>
    public Scope With(Scope other) => new([.. Tables, .. other.Tables], outer);

    /// <summary>Finds a column.</summary>
    /// <param name="table">The table's name in front of it; null without one.</param>
    /// <param name="column">Its name.</param>
    /// <param name="isAmbiguous">Whether several tables have it.</param>
    public Scalar? Find(string? table, string column, out bool isAmbiguous)
    {
        isAmbiguous = false;
        var candidates = Tables.Where(t => table is null ? !t.Hidden.Contains(column) : t.Alias == table).ToList();
        Scalar? found = null;
        foreach (var candidate in candidates)
        {
            if (candidate.Find(column) is not { } scalar)
                continue;
            isAmbiguous |= found is not null && !found.Equals(scalar);
            found ??= scalar;
        }

        if (found is not null || (table is not null && candidates.Count > 0))
            return found;
        if (outer?.Find(table, column, out isAmbiguous) is not { } outside)
            return null;
        foreach (var used in Plans.RequiredColumns.ColumnsOf(outside))
            OuterColumns.Add(used);
        return outside;
    }
}
