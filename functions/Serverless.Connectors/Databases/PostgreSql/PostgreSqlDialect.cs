using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>PostgreSQL's SQL.</summary>
internal class PostgreSqlDialect : Dialect
{
    private const int LongestVarchar = 10_485_760;

    /// <inheritdoc />
    public override StringComparer Names => StringComparer.Ordinal;

    /// <inheritdoc />
    protected override bool ConvertsText => false;

    /// <inheritdoc />
    protected override int FullText => LongestVarchar;

    /// <inheritdoc />
    public override string UniqueClash => "a second row with the same values there is refused and becomes a dead letter";

    /// <inheritdoc />
    public override string Quote(string name) => PostgreSqlStatements.Quote(name);

    /// <inheritdoc />
    public override string TypeOf(SinkTable table, int column)
    {
        var type = table.Definition.Columns[column].Type;
        return type.Kind switch
        {
            SqlKind.Boolean => "boolean",
            SqlKind.TinyInt or SqlKind.SmallInt => "smallint", // there is no smaller one
            SqlKind.Int => "integer",
            SqlKind.BigInt => "bigint",
            SqlKind.Decimal => $"numeric({type.Length},{type.Scale})",
            SqlKind.Float => "real",
            SqlKind.Double => "double precision",
            SqlKind.String => type.Length is 0 or > LongestVarchar ? "text" : $"varchar({type.Length})",
            SqlKind.Bytes => "bytea",
            SqlKind.Date => "date",
            // Without a precision they keep all six digits there are.
            SqlKind.Time => "time",
            SqlKind.Timestamp => "timestamp",
            SqlKind.TimestampLtz => "timestamptz",
            _ => throw new InvalidOperationException($"{type} has no values of its own"),
        };
    }

    /// <inheritdoc />
    public override string CreateTable(SinkTable table) =>
        $"CREATE TABLE IF NOT EXISTS {NameOf(table)} (\n{Columns(table, "bigint NOT NULL DEFAULT 0")}\n);";

    /// <inheritdoc />
    public override string? ChangeType(SinkTable table, ActualColumn column, string type) =>
        $"ALTER TABLE {NameOf(table)} ALTER COLUMN {Quote(column.Name)} TYPE {type}";

    /// <inheritdoc />
    public override string? DropNotNull(SinkTable table, ActualColumn column) =>
        $"ALTER TABLE {NameOf(table)} ALTER COLUMN {Quote(column.Name)} DROP NOT NULL";

    /// <inheritdoc />
    public override string? MakeExact(SinkTable table, ActualColumn column)
    {
        var (name, length, _) = Split(column.Type);
        return ChangeType(table, column, name is "character" or "character varying" or "varchar" && length > 0 ? $"varchar({length}) COLLATE \"C\"" : "text COLLATE \"C\"");
    }

    /// <inheritdoc />
    protected override ColumnType Parse(string type)
    {
        var (name, first, second) = Split(type);
        return name switch
        {
            "boolean" => new(ColumnKind.Boolean),
            "smallint" => new(ColumnKind.Integer, 2),
            "integer" => new(ColumnKind.Integer, 4),
            "bigint" => new(ColumnKind.Integer, 8),
            "numeric" => new(ColumnKind.Decimal, first, second),
            "real" => new(ColumnKind.Float),
            "double precision" => new(ColumnKind.Double),
            "text" or "citext" => new(ColumnKind.Text),
            "character varying" => new(ColumnKind.Text, first),
            "character" => new(ColumnKind.Text, Math.Max(first, 1)),
            "bytea" => new(ColumnKind.Bytes),
            "date" => new(ColumnKind.Date),
            "time without time zone" => new(ColumnKind.Time, Second(type, first)),
            "timestamp without time zone" => new(ColumnKind.Timestamp, Second(type, first)),
            "timestamp with time zone" => new(ColumnKind.Instant, Second(type, first)),
            _ => new(ColumnKind.Other),
        };
    }

    private static int Second(string type, int digits) => type.Contains('(', StringComparison.Ordinal) ? digits : 6;
}
