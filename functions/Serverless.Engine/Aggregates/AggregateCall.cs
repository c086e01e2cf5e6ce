using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>The aggregate functions.</summary>
public enum AggregateKind
{
    /// <summary><c>COUNT(*)</c> and <c>COUNT(x)</c>.</summary>
    Count,

    /// <summary><c>SUM(x)</c>.</summary>
    Sum,

    /// <summary><c>AVG(x)</c>.</summary>
    Avg,

    /// <summary><c>MIN(x)</c>.</summary>
    Min,

    /// <summary><c>MAX(x)</c>.</summary>
    Max,

    /// <summary><c>FIRST_VALUE(x)</c>.</summary>
    FirstValue,

    /// <summary><c>LAST_VALUE(x)</c>.</summary>
    LastValue,
}

/// <summary>One aggregate of a job.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Argument">Its argument over the source's fields, NULL where its <c>FILTER</c> is not true; null for <c>COUNT(*)</c>.</param>
/// <param name="IsDistinct">Whether each value counts once.</param>
/// <param name="Type">The type of its result, by Flink's rules.</param>
/// <param name="Text">What the script says, for plans.</param>
public sealed record AggregateCall(AggregateKind Kind, Scalar? Argument, bool IsDistinct, SqlType Type, string Text)
{
    /// <summary>The result's type for an argument's, or null with the reason.</summary>
    internal static SqlType? ResultType(AggregateKind kind, SqlType argument, out string? error)
    {
        error = null;
        switch (kind)
        {
            case AggregateKind.Count:
                return SqlType.BigInt;
            case AggregateKind.Sum when argument.IsInteger || argument.Kind is SqlKind.Float or SqlKind.Double:
                return argument;
            case AggregateKind.Sum when argument.Kind == SqlKind.Decimal:
                return SqlType.Decimal(38, argument.Scale);
            case AggregateKind.Avg when argument.IsInteger || argument.Kind is SqlKind.Float or SqlKind.Double:
                return argument;
            case AggregateKind.Avg when argument.Kind == SqlKind.Decimal:
                return SqlType.Decimal(38, Math.Max(6, argument.Scale));
            case AggregateKind.Sum or AggregateKind.Avg:
                error = $"{kind.ToString().ToUpperInvariant()} takes a number; got {argument}: CAST it to a numeric type";
                return null;
            case AggregateKind.Min or AggregateKind.Max when argument.Kind is SqlKind.Bytes:
                error = $"{kind.ToString().ToUpperInvariant()} does not take {argument}";
                return null;
            default:
                return argument;
        }
    }
}
