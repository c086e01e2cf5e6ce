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

    /// <summary><c>VAR_POP(x)</c>.</summary>
    VarPop,

    /// <summary><c>VAR_SAMP(x)</c>, <c>VARIANCE(x)</c>.</summary>
    VarSamp,

    /// <summary><c>STDDEV_POP(x)</c>.</summary>
    StddevPop,

    /// <summary><c>STDDEV_SAMP(x)</c>, <c>STDDEV(x)</c>.</summary>
    StddevSamp,

    /// <summary><c>LISTAGG(x, separator)</c>.</summary>
    ListAgg,

    /// <summary><c>COLLECT(x)</c>.</summary>
    Collect,

    /// <summary><c>ARRAY_AGG(x)</c>, over <c>ROW(x)</c>, since x may be NULL.</summary>
    ArrayAgg,

    /// <summary><c>JSON_OBJECTAGG(name VALUE x)</c>, over <c>ROW(name, x)</c>.</summary>
    JsonObjectAgg,

    /// <summary><c>JSON_ARRAYAGG(x)</c>, over <c>ROW(x)</c>.</summary>
    JsonArrayAgg,

    /// <summary><c>PERCENTILE(x, percentage, frequency)</c>, over <c>ROW(x, frequency)</c>.</summary>
    Percentile,
}

/// <summary>One aggregate of a job.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Argument">Its argument over the source's fields, NULL where its <c>FILTER</c> is not true; null for <c>COUNT(*)</c>.</param>
/// <param name="IsDistinct">Whether each value counts once.</param>
/// <param name="Type">The type of its result, by Flink's rules.</param>
/// <param name="Text">What the script says, for plans.</param>
public sealed record AggregateCall(AggregateKind Kind, Scalar? Argument, bool IsDistinct, SqlType Type, string Text)
{
    /// <summary>What else the call says, as text: a separator, percentages, what becomes of NULL.</summary>
    public string? Parameter { get; init; }

    /// <summary>Whether of equal values in a list only the first counts: <c>DISTINCT</c> of an aggregate that keeps all values.</summary>
    public bool DropsDuplicates { get; init; }

    /// <summary>Whether it goes by the order of the records.</summary>
    internal bool NeedsOrder => Kind is AggregateKind.FirstValue or AggregateKind.LastValue || IsList;

    /// <summary>Whether it keeps every value.</summary>
    internal bool IsList => Kind is AggregateKind.ListAgg or AggregateKind.Collect or AggregateKind.ArrayAgg or AggregateKind.JsonObjectAgg or AggregateKind.JsonArrayAgg or AggregateKind.Percentile;

    /// <summary>What distinguishes it from another of its kind over the same argument; empty for most.</summary>
    internal string Details => $"{(DropsDuplicates ? " DISTINCT" : "")}{(Parameter is null ? "" : $" '{Parameter}'")}";

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
            case AggregateKind.VarPop or AggregateKind.VarSamp or AggregateKind.StddevPop or AggregateKind.StddevSamp when argument.Kind == SqlKind.Decimal:
                return SqlType.Decimal(38, Math.Max(6, argument.Scale));
            case AggregateKind.VarPop or AggregateKind.VarSamp or AggregateKind.StddevPop or AggregateKind.StddevSamp when argument.IsNumeric:
                return SqlType.Double;
            case AggregateKind.VarPop or AggregateKind.VarSamp or AggregateKind.StddevPop or AggregateKind.StddevSamp:
                error = $"variances and standard deviations are of numbers; got {argument}: CAST it to a numeric type";
                return null;
            case AggregateKind.ListAgg:
                error = argument.Kind == SqlKind.String ? null : $"LISTAGG takes a string; got {argument}: CAST it to STRING";
                return error is null ? SqlType.String : null;
            case AggregateKind.Collect:
                return SqlType.Multiset(argument);
            case AggregateKind.ArrayAgg when ListResult.Only(argument) is { } element:
                return SqlType.Array(element);
            case AggregateKind.JsonArrayAgg when ListResult.Only(argument) is not null:
                return SqlType.String;
            case AggregateKind.JsonObjectAgg when argument is { Kind: SqlKind.Row, Fields: [{ Type.Kind: SqlKind.String }, _] }:
                return SqlType.String;
            case AggregateKind.Percentile when argument is { Kind: SqlKind.Row, Fields: [{ Type.IsNumeric: true }, ..] } && argument.Fields.Skip(1).All(f => f.Type.IsInteger):
                return SqlType.Double;
            case AggregateKind.ArrayAgg or AggregateKind.JsonArrayAgg or AggregateKind.JsonObjectAgg or AggregateKind.Percentile:
                error = kind switch
                {
                    AggregateKind.JsonObjectAgg => "JSON_OBJECTAGG takes a name and a value: JSON_OBJECTAGG(name VALUE x)",
                    AggregateKind.Percentile => "PERCENTILE takes a number, a percentage from 0 to 1 and perhaps an integer: how often the number counts",
                    _ => "it takes one value",
                };
                return null;
            case AggregateKind.Min or AggregateKind.Max when argument.Kind is SqlKind.Bytes || argument.IsNested:
                error = $"{kind.ToString().ToUpperInvariant()} does not take {argument}";
                return null;
            default:
                return argument;
        }
    }
}
