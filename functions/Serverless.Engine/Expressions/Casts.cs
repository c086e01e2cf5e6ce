using System.Reflection;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>Conversions between types, by Flink's rules for CAST since 1.15: what cannot be converted fails.</summary>
public static partial class Casts
{
    private const int MaxPrecision = 38;

    /// <summary>The explicit cast from one type to another, or null where SQL has none. It takes one argument and returns the target's CLR type.</summary>
    /// <param name="from">The value's type.</param>
    /// <param name="to">The type that it becomes.</param>
    /// <param name="zone">The time zone between TIMESTAMP_LTZ and types without one: the session's, <see cref="JobSettings.Zone"/>.</param>
    public static ScalarFunction? Find(SqlType from, SqlType to, TimeZoneInfo zone)
    {
        if (to.Kind is SqlKind.Null)
            return null;
        if (from.IsNested || (to.IsNested && from.Kind != SqlKind.Null))
            return NestedCasts.Find(from, to, zone);
        if (from.Kind == SqlKind.Null)
            return new ScalarFunction("CAST", NothingOf(to), [from], to);
        if (IsUnchanged(from, to))
            return new ScalarFunction("CAST", IdentityOf(to), [from], to);
        return Method(from, to) is { } method
            ? new ScalarFunction("CAST", method.Method, [from], to, CanFail(from, to), new CastTarget(from, to, zone))
            : null;
    }

    /// <summary>
    /// Whether a value of one type may stand where the other is expected without a CAST (widening, and into a sink's column). A number may
    /// still be too large for a narrower DECIMAL.
    /// </summary>
    public static bool IsImplicit(SqlType from, SqlType to)
    {
        if (to.Kind is SqlKind.Null)
            return false;
        if (from.IsNested && to.IsNested)
            return from.Kind == to.Kind && from.Fields.Count == to.Fields.Count && from.Fields.Zip(to.Fields).All(f => IsImplicit(f.First.Type, f.Second.Type));
        return from.Kind == SqlKind.Null || from.Kind == to.Kind || to.Kind switch
        {
            SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => from.IsInteger && from.Kind < to.Kind,
            SqlKind.Decimal or SqlKind.Double => from.IsNumeric,
            SqlKind.Float => from.IsInteger || from.Kind == SqlKind.Decimal,
            SqlKind.Date or SqlKind.Time => from.Kind == SqlKind.Timestamp,
            SqlKind.Timestamp => from.Kind is SqlKind.Date or SqlKind.TimestampLtz,
            SqlKind.TimestampLtz => from.Kind is SqlKind.Date or SqlKind.Timestamp,
            _ => false,
        };
    }

    /// <summary>The type that values of both are unified in (CASE, COALESCE), or null.</summary>
    public static SqlType? CommonType(SqlType left, SqlType right)
    {
        if (left.Kind == SqlKind.Null || left == right)
            return right;
        if (right.Kind == SqlKind.Null)
            return left;
        if (left.IsNested || right.IsNested)
            return NestedCasts.CommonType(left, right);
        if (left.IsNumeric && right.IsNumeric)
            return CommonNumber(left, right);
        if (left.Kind == right.Kind)
        {
            return left.Kind is SqlKind.String or SqlKind.Bytes && (left.Length == 0 || right.Length == 0)
                ? new SqlType(left.Kind)
                : left with { Length = Math.Max(left.Length, right.Length) };
        }

        return IsMoment(left) && IsMoment(right)
            ? new SqlType(left.Kind > right.Kind ? left.Kind : right.Kind, Math.Max(left.Length, right.Length))
            : null;
    }

    /// <summary>
    /// The type that values of both are compared in (<c>=</c>, <c>IN</c>, BETWEEN), or null: the common type, and for a string the type that
    /// it is compared with; a string next to an integer becomes a BIGINT.
    /// </summary>
    public static SqlType? ComparisonType(SqlType left, SqlType right)
    {
        if (CommonType(left, right) is { } common)
            return common;
        var other = left.Kind == SqlKind.String ? right : left;
        if (left.Kind != SqlKind.String && right.Kind != SqlKind.String)
            return null;
        return other.Kind switch
        {
            SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => SqlType.BigInt,
            SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz => other with { Length = 9 },
            SqlKind.Decimal or SqlKind.Float or SqlKind.Double => SqlType.Double,
            SqlKind.Boolean or SqlKind.Date => other,
            _ => null,
        };
    }

    /// <summary>A numeric type as DECIMAL: an integer has the digits of its greatest value.</summary>
    internal static SqlType AsDecimal(SqlType type) => type.IsInteger ? SqlType.Decimal(IntegerRange.Of(type.Kind).Digits, 0) : type;

    private static SqlType CommonNumber(SqlType left, SqlType right)
    {
        if (left.IsInteger && right.IsInteger)
            return left.Kind > right.Kind ? left : right;
        if (left.Kind is SqlKind.Double || right.Kind is SqlKind.Double)
            return SqlType.Double;
        if (left.Kind is SqlKind.Float || right.Kind is SqlKind.Float)
            return left.Kind is SqlKind.Decimal || right.Kind is SqlKind.Decimal ? SqlType.Double : SqlType.Float;
        var (l, r) = (AsDecimal(left), AsDecimal(right));
        var scale = Math.Max(l.Scale, r.Scale);
        var whole = Math.Max(l.Length - l.Scale, r.Length - r.Scale);
        return SqlType.Decimal(Math.Min(whole + scale, MaxPrecision), Math.Min(scale, MaxPrecision - Math.Min(whole, MaxPrecision)));
    }

    private static bool IsMoment(SqlType type) => type.Kind is SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampLtz;

    private static bool IsUnchanged(SqlType from, SqlType to) => from.Kind == to.Kind && to.Kind switch
    {
        SqlKind.String or SqlKind.Bytes => to.Length == 0 || (from.Length > 0 && from.Length <= to.Length),
        SqlKind.Decimal => from == to,
        SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz => from.Length <= to.Length,
        _ => true,
    };

    private static bool CanFail(SqlType from, SqlType to)
    {
        if (from.Kind == SqlKind.String)
            return to.Kind is not (SqlKind.String or SqlKind.Bytes);
        if (to.IsInteger)
        {
            // The greatest value of an integer type has not all the values of its number of digits.
            return from.IsInteger ? from.Kind > to.Kind
                : from.Kind == SqlKind.Decimal ? from.Length - from.Scale >= IntegerRange.Of(to.Kind).Digits
                : from.IsNumber;
        }

        if (to.Kind == SqlKind.Decimal)
        {
            var whole = to.Length - to.Scale;
            return from.Kind == SqlKind.Boolean ? whole < 1
                : from.IsInteger ? IntegerRange.Of(from.Kind).Digits > whole
                : from.Kind != SqlKind.Decimal
                  || from.Length - from.Scale > whole
                  || (from.Length - from.Scale == whole && from.Scale > to.Scale); // 99.99 is rounded to 100.0
        }

        return to.Kind == SqlKind.Float && from.Kind == SqlKind.Double;
    }

    private static MethodInfo IdentityOf(SqlType type) => Generic(nameof(Identity), type);

    private static MethodInfo NothingOf(SqlType type) =>
        Generic(!type.ClrType.IsValueType ? nameof(NoObject) : nameof(NoValue), type);

    private static MethodInfo Generic(string name, SqlType type)
    {
        var carrier = Nullable.GetUnderlyingType(type.ClrType) ?? type.ClrType;
        return typeof(Casts).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(carrier);
    }

    private static T Identity<T>(T value) => value;

    private static T? NoValue<T>(string _)
        where T : struct => null;

    private static T? NoObject<T>(string _)
        where T : class => null;
}
