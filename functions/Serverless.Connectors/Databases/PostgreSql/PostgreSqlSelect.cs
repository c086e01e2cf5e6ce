using System.Globalization;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>What reads a table of PostgreSQL or Hologres.</summary>
/// <param name="table">The table.</param>
internal sealed class PostgreSqlSelect(SinkTable table) : TableSelect(table.Definition)
{
    /// <inheritdoc />
    protected override string Table { get; } = new PostgreSqlDialect().NameOf(table);

    /// <inheritdoc />
    protected override string Quote(string name) => PostgreSqlStatements.Quote(name);

    // As text, a number keeps all of its digits; but floating ones do not on servers that print fewer.
    /// <inheritdoc />
    protected override string Read(int column) => TypeOf(column).Kind switch
    {
        SqlKind.Float => $"{Name(column)}::real",
        SqlKind.Double => $"{Name(column)}::double precision",
        SqlKind.Bytes => $"encode({Name(column)}, 'hex')",
        _ => $"{Name(column)}::text",
    };

    /// <inheritdoc />
    protected override string Parameter(int column, int parameter)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"${parameter + 1}");
        return TypeOf(column).Kind switch
        {
            SqlKind.Boolean => $"{place}::boolean",
            SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => $"{place}::bigint",
            SqlKind.Decimal => $"{place}::numeric",
            SqlKind.Float => $"{place}::real",
            SqlKind.Double => $"{place}::double precision",
            SqlKind.Bytes => $"decode({place}::text, 'hex')",
            SqlKind.Date => $"{place}::date",
            SqlKind.Time => $"{place}::time",
            SqlKind.Timestamp => $"{place}::timestamp",
            SqlKind.TimestampLtz => $"{place}::timestamptz",
            _ => $"{place}::text",
        };
    }

    /// <inheritdoc />
    protected override object Bind(SqlType type, string value) => value;
}
