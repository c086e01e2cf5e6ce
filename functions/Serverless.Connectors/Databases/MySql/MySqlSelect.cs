using System.Globalization;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>The statements that read a table of MySQL or MariaDB, in SQL that all versions support.</summary>
/// <param name="table">The table.</param>
internal sealed class MySqlSelect(SinkTable table) : TableSelect(table.Definition)
{
    private const int LargestScale = 30;

    /// <inheritdoc />
    protected override string Table { get; } = new MySqlDialect().NameOf(table);

    /// <inheritdoc />
    protected override string Quote(string name) => MySqlStatements.Quote(name);

    // A FLOAT prints six digits only, a BIT prints as a character; as a number of another kind both are whole.
    /// <inheritdoc />
    protected override string Read(int column) => TypeOf(column).Kind switch
    {
        SqlKind.Float or SqlKind.Double => $"{Name(column)} + 0e0",
        SqlKind.Boolean => $"{Name(column)} + 0",
        SqlKind.Bytes => $"HEX({Name(column)})",
        _ => $"CAST({Name(column)} AS CHAR)",
    };

    // A decimal beside text would be compared as a double, which cannot tell two of 38 digits apart.
    /// <inheritdoc />
    protected override string Parameter(int column, int parameter) => TypeOf(column) switch
    {
        { Kind: SqlKind.Decimal } type => string.Create(CultureInfo.InvariantCulture, $"CAST(? AS DECIMAL({type.Length}, {Math.Min(type.Scale, LargestScale)}))"),
        { Kind: SqlKind.Bytes } => "UNHEX(?)",
        _ => "?",
    };

    /// <inheritdoc />
    protected override string Compared(int column) => TypeOf(column).Kind == SqlKind.Float ? $"{Name(column)} + 0e0" : Name(column);

    /// <inheritdoc />
    protected override object Bind(SqlType type, string value) => type.Kind switch
    {
        SqlKind.Boolean => value == "true" ? 1L : 0L,
        SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => long.Parse(value, CultureInfo.InvariantCulture),
        SqlKind.Float => (double)float.Parse(value, CultureInfo.InvariantCulture),
        SqlKind.Double => double.Parse(value, CultureInfo.InvariantCulture),
        _ => value,
    };

    /// <inheritdoc />
    protected override string NullsLast(int column, string direction) => $"{Name(column)} IS NULL, {Name(column)}{direction}";
}
