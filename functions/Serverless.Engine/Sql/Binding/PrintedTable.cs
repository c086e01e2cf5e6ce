using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>The table that a query alone writes: it has the query's columns and is printed.</summary>
internal static class PrintedTable
{
    /// <summary>Returns it.</summary>
    /// <param name="name">Its name, at the query's place.</param>
    /// <param name="items">The query's columns.</param>
    public static ScriptTable Of(Identifier name, IReadOnlyList<(NamedScalar Value, TextSpan Span)> items)
    {
        var names = new List<string>();
        foreach (var (value, _) in items)
        {
            var own = value.Name;
            // Two of one name are told apart by a number, as in Flink.
            for (var i = 0; names.Contains(own); i++)
                own = value.Name + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            names.Add(own);
        }

        var columns = items.Select((item, i) => new TableColumn(names[i], item.Value.Scalar.Type, false) { Span = item.Span }).ToList();
        var options = new TableOptions([new TableOption("connector", "print", name.Span, name.Span)]);
        return new ScriptTable(new TableDefinition(name.Text, name.Span, columns, [], options), [], names);
    }
}
