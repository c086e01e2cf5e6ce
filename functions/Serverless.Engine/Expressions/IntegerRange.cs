using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>The values of an integer type.</summary>
internal sealed class IntegerRange
{
    private static readonly IntegerRange TinyInt = new(SqlType.TinyInt, sbyte.MinValue, sbyte.MaxValue, 3);
    private static readonly IntegerRange SmallInt = new(SqlType.SmallInt, short.MinValue, short.MaxValue, 5);
    private static readonly IntegerRange Int = new(SqlType.Int, int.MinValue, int.MaxValue, 10);
    private static readonly IntegerRange BigInt = new(SqlType.BigInt, long.MinValue, long.MaxValue, 19);

    private readonly long _min;
    private readonly long _max;

    private IntegerRange(SqlType type, long min, long max, int digits) => (Type, _min, _max, Digits) = (type, min, max, digits);

    /// <summary>The type.</summary>
    public SqlType Type { get; }

    /// <summary>The digits of its greatest value: as a DECIMAL it is one of so many.</summary>
    public int Digits { get; }

    /// <summary>The range of a kind; that of BIGINT where it is no integer.</summary>
    public static IntegerRange Of(SqlKind kind) => kind switch
    {
        SqlKind.TinyInt => TinyInt,
        SqlKind.SmallInt => SmallInt,
        SqlKind.Int => Int,
        _ => BigInt,
    };

    /// <summary>Whether the type has the value.</summary>
    public bool Contains(long value) => value >= _min && value <= _max;

    /// <summary>The value, where the type has it.</summary>
    /// <exception cref="EvaluationException">It does not.</exception>
    public long Check(Int128 value) =>
        value >= _min && value <= _max ? (long)value : throw new EvaluationException($"{value} is out of range for {Type}");
}
