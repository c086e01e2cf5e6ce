using System.Globalization;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Sqlite;

/// <summary>What reads a table of a SQLite file.</summary>
/// <param name="table">The table.</param>
internal sealed class SqliteSelect(TableDefinition table) : TableSelect(table)
{
    /// <summary>The collation that decimals, which are texts there, go by.</summary>
    public const string Decimals = "decimals";

    /// <inheritdoc />
    protected override string Table { get; } = SqliteFile.Quote(table.Name);

    /// <summary>Compares decimals.</summary>
    public static int CompareDecimals(string left, string right) =>
        Number.TryParse(left.AsSpan(), out var a) && Number.TryParse(right.AsSpan(), out var b) ? a.CompareTo(b) : string.CompareOrdinal(left, right);

    /// <inheritdoc />
    protected override string Quote(string name) => SqliteFile.Quote(name);

    /// <inheritdoc />
    protected override string Read(int column) => Name(column);

    /// <inheritdoc />
    protected override string Parameter(int column, int parameter) => string.Create(CultureInfo.InvariantCulture, $"${parameter}");

    /// <inheritdoc />
    protected override string Tuples(IEnumerable<string> keys) => $"VALUES {base.Tuples(keys)}";

    /// <inheritdoc />
    protected override object Bind(SqlType type, string value) => type.Kind switch
    {
        SqlKind.Boolean => value == "true" ? 1L : 0L,
        SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => long.Parse(value, CultureInfo.InvariantCulture),
        SqlKind.Float or SqlKind.Double => double.Parse(value, CultureInfo.InvariantCulture),
        SqlKind.Bytes => Convert.FromHexString(value),
        _ => value,
    };

    /// <inheritdoc />
    protected override string Sorted(int column) => TypeOf(column).Kind == SqlKind.Decimal ? $"{Name(column)} COLLATE {Decimals}" : Name(column);
}
