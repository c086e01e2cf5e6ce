using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Lookup;

/// <summary>Compares a table that rows are looked up in with the database's: what would keep it from being read as the script's.</summary>
internal static class LookupComparison
{
    /// <summary>All there is to say.</summary>
    /// <param name="table">The script's table.</param>
    /// <param name="lookup">What is known and wanted of it.</param>
    /// <param name="actual">The database's table; null if it has none of that name.</param>
    /// <param name="dialect">The database's SQL.</param>
    public static IReadOnlyList<TableDiagnostic> Compare(SinkTable table, DataflowLookup lookup, ActualTable? actual, Dialect dialect)
    {
        if (actual is null)
            return [new TableDiagnostic(Severity.Error, null, $"there is no table '{table.FullName}' in the database, or the user may not see it")];
        var findings = new List<TableDiagnostic>();
        var missing = string.Join(", ", actual.MissingPrivileges.Where(p => p is "SELECT" or NeededPrivileges.Schema));
        if (missing.Length > 0)
            findings.Add(new TableDiagnostic(Severity.Error, null, $"the user may not read table '{table.FullName}': GRANT {missing} to {actual.User ?? "the user"}"));
        // Without a privilege, the database may not say more.
        if (actual.Columns.Count == 0)
            return findings;
        foreach (var place in lookup.Keys.Concat(lookup.Columns).Distinct())
        {
            var column = table.Definition.Columns[place];
            if (actual.Columns.FirstOrDefault(a => dialect.Names.Equals(a.Name, column.Name)) is not { } there)
            {
                var near = Spelling.Nearest(column.Name, actual.Columns.Select(c => c.Name));
                findings.Add(new TableDiagnostic(Severity.Error, place, $"table '{table.FullName}' has no column '{column.Name}'{(near is null ? "" : $"; did you mean '{near}'?")}"));
            }
            else if (!dialect.CanRead(column.Type, there))
            {
                findings.Add(new TableDiagnostic(
                    Severity.Error, place, $"column '{there.Name}' of table '{table.FullName}' is {there.Type} in the database, which cannot be read as {column.Type}: change its type in the script"));
            }
        }

        return findings;
    }
}
