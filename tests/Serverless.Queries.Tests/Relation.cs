namespace Serverless.Queries.Tests;

/// <summary>A table, or a query as one.</summary>
/// <param name="From">What stands in FROM, without an alias.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Order">DuckDB's columns that say where its rows stand in the order of records; none if they have no place in it.</param>
/// <param name="IsTotal">Whether that order tells all rows apart.</param>
/// <param name="Size">About how many rows it has.</param>
internal sealed record Relation(Sql From, IReadOnlyList<QueryColumn> Columns, IReadOnlyList<string> Order, bool IsTotal, double Size)
{
    /// <summary>Whether a table function may name it: a table or a query of WITH.</summary>
    public bool IsNamed { get; init; }
}

/// <summary>A relation under an alias.</summary>
internal sealed record Aliased(string Alias, Relation Relation)
{
    public Sql Sql => Serverless.Queries.Tests.Sql.Of($"{Relation.From} AS {Alias}");

    public IEnumerable<(string Name, ColumnType Type)> Columns => Relation.Columns.Select(c => ($"{Alias}.{c.Name}", c.Type));
}
