using System.Globalization;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Common;

/// <summary>
/// The statements that read a table. All names in them are the script's, quoted; all values are parameters. Columns are named with the table, as a bare
/// name in an ORDER BY would be the text that is selected and not the column.
/// </summary>
/// <param name="table">The table as the script has it.</param>
internal abstract class TableSelect(TableDefinition table)
{
    /// <summary>The table's name in the database, quoted.</summary>
    protected abstract string Table { get; }

    /// <summary>Reads rows up to the limit, and one more if there is one, which shows that there are more.</summary>
    public ReadStatement Rows(TableQuery query)
    {
        int[] columns = [.. Enumerable.Range(0, table.Columns.Count)];
        var where = string.Join(" AND ", query.Filters.Select((f, i) => Condition(f.Column, i)));
        var order = string.Join(", ", Order(query));
        return new ReadStatement(
            $"SELECT {string.Join(", ", columns.Select(Read))} FROM {Table} AS t{(where.Length > 0 ? " WHERE " : "")}{where}{(order.Length > 0 ? " ORDER BY " : "")}{order} "
                + $"LIMIT {(query.Limit + 1).ToString(CultureInfo.InvariantCulture)}",
            [.. query.Filters.Select(f => Bind(TypeOf(f.Column), f.Value))], columns);
    }

    /// <summary>Reads all rows, in the order of the primary key.</summary>
    public ReadStatement All()
    {
        int[] columns = [.. Enumerable.Range(0, table.Columns.Count)];
        var order = string.Join(", ", table.PrimaryKey.Select(Sorted));
        return new ReadStatement($"SELECT {string.Join(", ", columns.Select(Read))} FROM {Table} AS t{(order.Length > 0 ? $" ORDER BY {order}" : "")}", [], columns);
    }

    /// <summary>Reads the rows of some keys.</summary>
    /// <param name="keys">The key's columns.</param>
    /// <param name="values">Of each key the values, as <see cref="TableRows"/> has them.</param>
    /// <param name="columns">The columns to read.</param>
    public ReadStatement RowsOf(IReadOnlyList<int> keys, IReadOnlyList<string[]> values, IReadOnlyList<int> columns)
    {
        var next = 0;
        var wanted = values.Select(_ => string.Join(", ", keys.Select(k => Parameter(k, next++)))).ToList();
        var where = keys.Count == 1 ? $"{Compared(keys[0])} IN ({string.Join(", ", wanted)})" : $"({string.Join(", ", keys.Select(Compared))}) IN ({Tuples(wanted)})";
        return new ReadStatement(
            $"SELECT {string.Join(", ", columns.Select(Read))} FROM {Table} AS t WHERE {where}",
            [.. values.SelectMany(v => v.Zip(keys, (value, key) => Bind(TypeOf(key), value)))], columns);
    }

    /// <summary>Reads a column's distinct values, the greatest first.</summary>
    public ReadStatement Values(int column, int limit) => new(
        $"SELECT {Read(column)} FROM {Table} AS t WHERE {Name(column)} IS NOT NULL GROUP BY {Name(column)} ORDER BY {Sorted(column)} DESC LIMIT {limit.ToString(CultureInfo.InvariantCulture)}",
        [], [column]);

    /// <summary>A name as the database's SQL writes it.</summary>
    protected abstract string Quote(string name);

    /// <summary>What is selected of a column, so that no digit is lost.</summary>
    protected abstract string Read(int column);

    private string Condition(int column, int parameter) => $"{Compared(column)} = {Parameter(column, parameter)}";

    /// <summary>What of a column is compared with a parameter.</summary>
    protected virtual string Compared(int column) => Name(column);

    /// <summary>A parameter that a column is compared with.</summary>
    /// <param name="column">The column.</param>
    /// <param name="parameter">The parameter's place, from 0.</param>
    protected abstract string Parameter(int column, int parameter);

    /// <summary>Keys of several columns as what follows <c>IN</c>.</summary>
    /// <param name="keys">Of each the parameters.</param>
    protected virtual string Tuples(IEnumerable<string> keys) => string.Join(", ", keys.Select(k => $"({k})"));

    /// <summary>What a parameter is given for a value.</summary>
    protected abstract object Bind(SqlType type, string value);

    /// <summary>What sorts by a column.</summary>
    protected virtual string Sorted(int column) => Name(column);

    /// <summary>Returns the terms that sort by a nullable column with NULL last.</summary>
    protected virtual string NullsLast(int column, string direction) => $"{Sorted(column)}{direction} NULLS LAST";

    /// <summary>A column, with its table.</summary>
    protected string Name(int column) => $"t.{Quote(table.Columns[column].Name)}";

    /// <summary>A column's type.</summary>
    protected SqlType TypeOf(int column) => table.Columns[column].Type;

    private IEnumerable<string> Order(TableQuery query)
    {
        if (query.OrderBy is { } first)
            yield return Order(first, query.Descending ? " DESC" : "");
        foreach (var column in table.PrimaryKey.Where(c => c != query.OrderBy))
            yield return Order(column, "");
    }

    // Of a key, which has no NULL, without the words that would keep an index from being used.
    private string Order(int column, string direction) => table.PrimaryKey.Contains(column) ? $"{Sorted(column)}{direction}" : NullsLast(column, direction);
}
