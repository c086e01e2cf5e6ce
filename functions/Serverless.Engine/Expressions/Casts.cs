using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>Conversions between types, by Flink's rules for CAST since 1.15: what cannot be converted fails.</summary>
public static class Casts
{
    /// <summary>The explicit cast from one type to another, or null where SQL has none. It takes one argument and returns the target's CLR type.</summary>
    public static ScalarFunction? Find(SqlType from, SqlType to, TimeZoneInfo zone) => throw new NotImplementedException();

    /// <summary>Whether a value of one type may stand where the other is expected without a CAST (widening, and into a sink's column).</summary>
    public static bool IsImplicit(SqlType from, SqlType to) => throw new NotImplementedException();

    /// <summary>The type that values of both are compared or unified in (CASE, COALESCE, IN), or null.</summary>
    public static SqlType? CommonType(SqlType left, SqlType right) => throw new NotImplementedException();
}
