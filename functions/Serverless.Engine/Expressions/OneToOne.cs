using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>Calculations that never make one value of two, so that their result is as good a key as what they are made of.</summary>
internal static class OneToOne
{
    private static readonly string[] FixedUnits = ["MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK"];

    /// <summary>Returns what is below them.</summary>
    public static Scalar Under(Scalar scalar)
    {
        while (true)
        {
            switch (scalar)
            {
                case CallScalar { IsCast: true, Arguments: [var value] } cast when IsInjective(value.Type, cast.Type):
                    scalar = value;
                    break;
                case CallScalar { Function.Name: "WINDOW_END", Arguments: [var start] }:
                    scalar = start;
                    break;
                case CallScalar { Function.Name: "TIMESTAMPADD", Arguments: [ConstantScalar { Value: not null }, { Type.Kind: SqlKind.Timestamp } moment] } shift
                    when shift.Symbols.Any(s => FixedUnits.Contains(s, StringComparer.OrdinalIgnoreCase)):
                    scalar = moment;
                    break;
                default:
                    return scalar;
            }
        }
    }

    /// <summary>Returns the columns below expressions; null if there is anything else below one.</summary>
    public static IReadOnlyList<int>? ColumnsOf(IEnumerable<Scalar> scalars)
    {
        var columns = scalars.Select(s => (Under(s) as ColumnScalar)?.Index).ToList();
        return columns.Contains(null) ? null : [.. columns.OfType<int>()];
    }

    /// <summary>Whether a cast never takes two values to one.</summary>
    public static bool IsInjective(SqlType from, SqlType to) =>
        from.Kind == to.Kind && from.Kind is SqlKind.String or SqlKind.Bytes && to.Length == 0
        || (from.IsInteger && to.IsInteger && from.Kind <= to.Kind)
        || (from.Kind == to.Kind && from.Kind is SqlKind.Timestamp or SqlKind.TimestampLtz or SqlKind.Time && from.Length <= to.Length)
        || (from.Kind == SqlKind.Decimal && to.Kind == SqlKind.Decimal && from.Scale <= to.Scale && from.Length - from.Scale <= to.Length - to.Scale)
        || (to is { Kind: SqlKind.String, Length: 0 } && (from.IsInteger || from.Kind is SqlKind.Boolean or SqlKind.Date or SqlKind.Timestamp));
}
