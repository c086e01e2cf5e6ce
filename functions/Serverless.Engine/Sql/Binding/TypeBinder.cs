using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Types as written to types as meant.</summary>
internal static class TypeBinder
{
    public static SqlType? Bind(TypeSyntax syntax, Diagnostics diagnostics)
    {
        var first = syntax.Arguments.Count > 0 ? syntax.Arguments[0] : (int?)null;
        switch (syntax.Name)
        {
            case "BOOLEAN": return SqlType.Boolean;
            case "TINYINT": return SqlType.TinyInt;
            case "SMALLINT": return SqlType.SmallInt;
            case "INT" or "INTEGER": return SqlType.Int;
            case "BIGINT": return SqlType.BigInt;
            case "FLOAT" or "REAL": return SqlType.Float;
            case "DOUBLE" or "DOUBLE PRECISION": return SqlType.Double;
            case "STRING": return SqlType.String;
            // Flink's VARCHAR without a length is VARCHAR(1); every script that leaves it out means STRING, and VVR takes it so.
            case "VARCHAR" or "CHAR VARYING" or "CHARACTER VARYING": return In(first, 1, int.MaxValue) ? new SqlType(SqlKind.String, first ?? 0) : null;
            case "CHAR" or "CHARACTER": return In(first, 1, int.MaxValue) ? new SqlType(SqlKind.String, first ?? 1) : null;
            case "BYTES": return SqlType.Bytes;
            case "VARBINARY" or "BINARY" or "BINARY VARYING": return In(first, 1, int.MaxValue) ? new SqlType(SqlKind.Bytes, first ?? 0) : null;
            case "DATE": return SqlType.Date;
            case "TIME" or "TIME WITHOUT TIME ZONE": return In(first, 0, 9) ? SqlType.Time(first ?? 0) : null;
            case "TIMESTAMP" or "TIMESTAMP WITHOUT TIME ZONE": return In(first, 0, 9) ? SqlType.Timestamp(first ?? 6) : null;
            case "TIMESTAMP_LTZ" or "TIMESTAMP WITH LOCAL TIME ZONE": return In(first, 0, 9) ? SqlType.TimestampLtz(first ?? 6) : null;
            case "DECIMAL" or "DEC" or "NUMERIC":
                var precision = first ?? 10;
                var scale = syntax.Arguments.Count > 1 ? syntax.Arguments[1] : 0;
                return In(precision, 1, 38) && In(scale, 0, precision) ? SqlType.Decimal(precision, scale) : null;
            case "ROW":
                var fields = syntax.Fields.Select(f => (f.Name.Text, Type: Bind(f.Type, diagnostics))).ToList();
                return fields.Exists(f => f.Type is null)
                    ? null
                    : new SqlType(SqlKind.Row) { Fields = new([.. fields.Select(f => new RowField(f.Text, f.Type!))]) };
            case "ARRAY" or "MULTISET" or "MAP":
                var parts = syntax.Elements.Select(e => Bind(e, diagnostics)).ToList();
                if (parts.Contains(null))
                    return null;
                if (parts.Count != (syntax.Name == "MAP" ? 2 : 1))
                {
                    diagnostics.Error(syntax.Span, syntax.Name == "MAP" ? "a MAP has two types: MAP<STRING, INT>" : $"{syntax.Name} has one type: {syntax.Name}<STRING>");
                    return null;
                }

                return syntax.Name switch
                {
                    "ARRAY" => SqlType.Array(parts[0]!),
                    "MAP" => SqlType.Map(parts[0]!, parts[1]!),
                    _ => SqlType.Multiset(parts[0]!),
                };
            case "INTERVAL YEAR TO MONTH": return new SqlType(SqlKind.IntervalMonths);
            case "INTERVAL DAY TO SECOND": return new SqlType(SqlKind.IntervalTime);
            default:
                diagnostics.Error(syntax.Span, Known.Contains(syntax.Name)
                    ? $"type {syntax.Name} is not supported; supported are {string.Join(", ", Supported)}"
                    : TypeAdvice.Unknown(syntax.Name, Supported));
                return null;
        }

        bool In(int? value, int low, int high)
        {
            if (value is null || (value >= low && value <= high))
                return true;
            diagnostics.Error(syntax.Span, $"{value} is out of range for {syntax.Name}: {low} to {high}");
            return false;
        }
    }

    private static readonly string[] Supported =
    [
        "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL", "FLOAT", "DOUBLE", "CHAR", "VARCHAR", "STRING",
        "VARBINARY", "BYTES", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "INTERVAL", "ARRAY", "MAP", "MULTISET", "ROW",
    ];

    private static readonly string[] Known = ["TIMESTAMP WITH TIME ZONE", "RAW", "VARIANT"];
}
