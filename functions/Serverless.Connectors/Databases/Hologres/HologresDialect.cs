using System.Text.RegularExpressions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.PostgreSql;

namespace Serverless.Connectors.Databases.Hologres;

/// <summary>Hologres' SQL: PostgreSQL's, and how a table is stored.</summary>
internal sealed partial class HologresDialect : PostgreSqlDialect
{
    /// <inheritdoc />
    public override string CreateTable(SinkTable table)
    {
        var key = table.Definition.PrimaryKey.Select(i => table.Definition.Columns[i]).ToList();
        // In any storage a row is found by the key's index. Only where a write looks at the old row does it pay to have that in one piece, too.
        var readsRows = table.VersionColumn is not null || table.CheckAndPut is not null || table.IgnoresNull;
        List<string> lines = ["BEGIN;", base.CreateTable(table)];
        if (key.Where(c => c.Type.IsNumber).ToList() is { Count: > 0 } numbers)
            lines.Insert(0, $"-- Hologres takes no {string.Join(", ", numbers.Select(c => $"{c.Type} ({c.Name})"))} in a primary key: CAST it to STRING in the query and in the table.");
        lines.Add(readsRows
            ? "-- By row, as a write looks at the row that is there, and by column, as charts and sums read."
            : "-- By column, as charts and sums read: a write looks at the key's index alone.");
        lines.Add(Property(table, "orientation", readsRows ? "row,column" : "column"));
        if (key.Count > 0)
        {
            lines.Add("-- By the whole key: rows that are written together, such as those of one day, go to all shards.");
            lines.Add(Property(table, "distribution_key", string.Join(',', key.Select(c => Plain(c.Name)))));
        }
        lines.Add("COMMIT;");
        return string.Join('\n', lines);
    }

    /// <summary>Hologres changes no column's type.</summary>
    public override string? ChangeType(SinkTable table, ActualColumn column, string type) => null;

    /// <summary>Hologres changes no column's NOT NULL.</summary>
    public override string? DropNotNull(SinkTable table, ActualColumn column) => null;

    /// <summary>Hologres changes no column's type.</summary>
    public override string? MakeExact(SinkTable table, ActualColumn column) => null;

    private string Property(SinkTable table, string name, string value)
    {
        var of = table.Schema is null ? Plain(table.Name) : $"{Plain(table.Schema)}.{Plain(table.Name)}";
        return $"CALL set_table_property({Text(of)}, {Text(name)}, {Text(value)});";
    }

    // Within a text, a name needs its quotes only where it is no plain one.
    private string Plain(string name) => PlainName().IsMatch(name) ? name : Quote(name);

    private static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex("^[a-z_][a-z0-9_]*$")]
    private static partial Regex PlainName();
}
