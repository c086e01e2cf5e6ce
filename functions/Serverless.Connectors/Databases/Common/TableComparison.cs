using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Common;

/// <summary>Compares a script's table with the database's, and returns what would prevent rows from being written, or make them wrong.</summary>
internal sealed class TableComparison
{
    private readonly SinkTable _table;
    private readonly Dialect _dialect;
    private readonly List<TableDiagnostic> _findings = [];

    private TableComparison(SinkTable table, Dialect dialect) => (_table, _dialect) = (table, dialect);

    /// <summary>All there is to say.</summary>
    /// <param name="table">The script's table.</param>
    /// <param name="actual">The database's table; null if it has none of that name.</param>
    /// <param name="dialect">The database's SQL.</param>
    public static IReadOnlyList<TableDiagnostic> Compare(SinkTable table, ActualTable? actual, Dialect dialect)
    {
        var comparison = new TableComparison(table, dialect);
        if (actual is null)
            comparison.Error(null, $"there is no table '{table.FullName}' in the database, or the user may not see it; serverless-sql ddl SCRIPT prints what makes it");
        else
            comparison.Compare(actual);
        return comparison._findings;
    }

    private void Compare(ActualTable actual)
    {
        ComparePrivileges(actual);
        // Without a privilege, the database may not say more.
        if (actual.Columns.Count > 0)
        {
            var ours = _table.Definition.Columns.Select(c => actual.Columns.FirstOrDefault(a => _dialect.Names.Equals(a.Name, c.Name))).ToList();
            CompareColumns(actual, ours);
            CompareVersion(actual);
            CompareKey(actual);
            CompareOthers(actual, ours);
        }
    }

    private void ComparePrivileges(ActualTable actual)
    {
        if (actual.MissingPrivileges.Contains(NeededPrivileges.Schema))
            Error(null, $"the user may not use the schema of table '{_table.FullName}'; to allow it: GRANT {NeededPrivileges.Schema} ON SCHEMA {_dialect.Quote(_table.Schema!)} TO {actual.User ?? "the user"}");
        var missing = string.Join(", ", actual.MissingPrivileges.Where(p => p != NeededPrivileges.Schema));
        if (missing.Length > 0)
            Error(null, $"the user may not {missing} in table '{_table.FullName}'; to allow it: GRANT {missing} ON {_dialect.NameOf(_table)} TO {actual.User ?? "the user"}");
    }

    private void CompareColumns(ActualTable actual, List<ActualColumn?> ours)
    {
        for (var i = 0; i < ours.Count; i++)
        {
            var column = _table.Definition.Columns[i];
            var isKey = _table.Definition.PrimaryKey.Contains(i);
            if (ours[i] is not { } there)
            {
                var near = Spelling.Nearest(column.Name, actual.Columns.Select(c => c.Name));
                Error(i, $"table '{_table.FullName}' has no column '{column.Name}'{(near is null ? "" : $"; did you mean '{near}'?")}"
                    + $"; to add it: ALTER TABLE {_dialect.NameOf(_table)} ADD COLUMN {_dialect.Quote(column.Name)} {_dialect.TypeOf(_table, i)}");
                continue;
            }
            if (there.IsGenerated)
            {
                Error(i, $"{Of(there)} is computed by the database and takes no value: leave it out of the script, or make it a plain column");
                continue;
            }
            var misfit = _dialect.Fit(column.Type, there);
            // One statement for type and collation, as the second would undo the first.
            var exact = isKey && column.Type.Kind == SqlKind.String && IsInexact(there)
                ? _dialect.MakeExact(_table, misfit is null ? there : there with { Type = _dialect.TypeOf(_table, i) })
                : null;
            if (misfit is not null)
                Add(misfit.Severity, i, $"{Of(there)} is {there.Type} in the database and {column.Type} in the script: {misfit.Text}"
                    + $"{(isKey && misfit.Alters ? ", and rows whose keys are then the same overwrite each other" : "")}{ToChange(exact ?? _dialect.ChangeType(_table, there, _dialect.TypeOf(_table, i)))}");
            else if (isKey && column.Type is { Kind: SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz, Length: > Dialect.MostDigitsOfSecond })
                Add(Severity.Warning, i, $"key {Of(there)} is {there.Type} in the database and {column.Type} in the script: it holds {Dialect.MostDigitsOfSecond} digits of a second, and rows whose keys are then the same overwrite each other; "
                    + $"write {column.Type with { Length = Dialect.MostDigitsOfSecond }} in the script, and groups are made of what it holds");
            if (isKey && column.Type.Kind == SqlKind.String && IsInexact(there))
                AddInexact(i, there, exact);
            if (isKey)
                continue;
            if (!there.IsNullable && _table.Deletes == DeleteStrategy.SetNull)
                Add(Severity.Warning, i, $"{Of(there)} is NOT NULL: deletes, which make it NULL, become dead letters{ToChange(_dialect.DropNotNull(_table, there))}");
            else if (!there.IsNullable && !column.IsNotNull)
                Add(Severity.Warning, i, $"{Of(there)} is NOT NULL: a row in which it is NULL becomes a dead letter; write NOT NULL in the script if the query never makes it NULL{Or(_dialect.DropNotNull(_table, there))}");
        }
    }

    // Takes different texts for the same.
    private static bool IsInexact(ActualColumn column) => column.Collation is { } collation && (!collation.IsBinary || collation.PadsBlanks);

    private void AddInexact(int column, ActualColumn there, string? change)
    {
        var collation = there.Collation!;
        List<string> same = [];
        if (!collation.IsBinary)
            same.Add(collation.Name.EndsWith("_cs", StringComparison.OrdinalIgnoreCase) ? "two spellings of 'é'" : "'App1' and 'app1'");
        if (collation.PadsBlanks)
            same.Add("'app1' and 'app1 '");
        Add(Severity.Warning, column, $"key {Of(there)} takes {string.Join(", and ", same)} for the same key (collation {collation.Name}): their rows overwrite each other"
            + (change is not null ? $"; to tell them apart: {change}"
                : collation.IsBinary ? "; where keys may end in blanks, RTRIM them in the query"
                : "; serverless-sql ddl SCRIPT prints a table that tells them apart"));
    }

    private void CompareVersion(ActualTable actual)
    {
        if (_table.VersionColumn is not { } version)
            return;
        var there = actual.Columns.FirstOrDefault(c => _dialect.Names.Equals(c.Name, version));
        if (there is null)
            Error(null, $"table '{_table.FullName}' has no column '{version}', which 'sink.version-column' names; to add it: ALTER TABLE {_dialect.NameOf(_table)} ADD COLUMN {_dialect.Quote(version)} BIGINT NOT NULL DEFAULT 0");
        else if (there.IsGenerated || (_dialect.Fit(SqlType.BigInt, there) is not null && !there.Type.StartsWith("bigint", StringComparison.OrdinalIgnoreCase)))
            Error(null, $"{Of(there)}, which 'sink.version-column' names, must be a plain BIGINT, and is {there.Type}{ToChange(_dialect.ChangeType(_table, there, "BIGINT"))}");
    }

    // A row must be found by the script's key and by no other: the primary key's, or a unique index' beside a key that the database fills itself.
    private void CompareKey(ActualTable actual)
    {
        var key = _table.Definition.PrimaryKey.Select(i => _table.Definition.Columns[i].Name).ToList();
        if (key.Count == 0)
            return;
        var isOurs = IsSame(actual.PrimaryKey, key);
        var isUnique = isOurs || actual.UniqueIndexes.Any(u => IsSame(u.Columns, key));
        if (!isUnique)
        {
            Error(null, actual.PrimaryKey.Count == 0
                ? $"table '{_table.FullName}' has no primary key, so that no row could be replaced; to add the script's: ALTER TABLE {_dialect.NameOf(_table)} ADD PRIMARY KEY ({_dialect.List(key)})"
                : $"the primary key of table '{_table.FullName}' is ({string.Join(", ", actual.PrimaryKey)}), and the script's is ({string.Join(", ", key)}): make them the same");
            return;
        }
        var others = actual.UniqueIndexes.Select(u => (Is: $"unique index '{u.Name}'", u.Columns));
        if (!isOurs && actual.PrimaryKey.Count > 0)
            others = others.Prepend((Is: "the primary key", Columns: actual.PrimaryKey));
        foreach (var (name, columns) in others)
        {
            // With all columns of the key it refuses no row that the key does not. What the script does not fill is the database's to keep apart.
            if (key.All(k => columns.Contains(k, _dialect.Names)) || !columns.All(c => IsWritten(c)))
                continue;
            Add(Severity.Warning, null, $"{name} ({string.Join(", ", columns)}) of table '{_table.FullName}' is not the script's key: {_dialect.UniqueClash}; drop it, or make it the key");
        }
    }

    private void CompareOthers(ActualTable actual, List<ActualColumn?> ours)
    {
        foreach (var other in actual.Columns)
            if (!ours.Contains(other) && !other.IsNullable && !other.HasDefault && !other.IsGenerated && !_dialect.Names.Equals(other.Name, _table.VersionColumn))
                Error(null, $"{Of(other)} is NOT NULL without a default, and not in the script: no row can be inserted; add it to the script, give it a default, or let it be NULL");
    }

    // An index on an expression or a part of a column may be on what the script fills.
    private bool IsWritten(string column) =>
        column.Contains('(', StringComparison.Ordinal) || _table.Definition.Columns.Any(c => _dialect.Names.Equals(c.Name, column));

    private bool IsSame(IReadOnlyList<string> columns, List<string> key) => columns.Count == key.Count && key.All(k => columns.Contains(k, _dialect.Names));

    private string Of(ActualColumn column) => $"column '{column.Name}' of table '{_table.FullName}'";

    private static string ToChange(string? change) => change is null ? "" : $"; to change it: {change}";

    private static string Or(string? change) => change is null ? "" : $", or: {change}";

    private void Error(int? column, string message) => Add(Severity.Error, column, message);

    private void Add(Severity severity, int? column, string message) => _findings.Add(new TableDiagnostic(severity, column, message));
}
