using System.Globalization;
using System.Numerics;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>A type of C# that functions of a script take and return, and the type of SQL that it stands for.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Clr">The type, not nullable.</param>
/// <param name="Sql">The type of SQL.</param>
/// <param name="Take">Makes a value of C# of one that a column carries.</param>
/// <param name="Give">Makes a value that a column carries of one of C#.</param>
internal sealed record UserType(string Name, Type Clr, SqlType Sql, Func<object, object> Take, Func<object, object> Give)
{
    private static readonly UserType[] All =
    [
        new("bool", typeof(bool), SqlType.Boolean, v => v, v => v),
        new("sbyte", typeof(sbyte), SqlType.TinyInt, v => (sbyte)(long)v, v => (long)(sbyte)v),
        new("short", typeof(short), SqlType.SmallInt, v => (short)(long)v, v => (long)(short)v),
        new("int", typeof(int), SqlType.Int, v => (int)(long)v, v => (long)(int)v),
        new("long", typeof(long), SqlType.BigInt, v => v, v => v),
        new("float", typeof(float), SqlType.Float, v => ((Number)v).ToSingle(), v => float.IsFinite((float)v) ? Number.FromSingle((float)v) : throw NoNumber(v)),
        new("double", typeof(double), SqlType.Double, v => ((Number)v).ToDouble(), v => double.IsFinite((double)v) ? Number.FromDouble((double)v) : throw NoNumber(v)),
        new("decimal", typeof(decimal), SqlType.Decimal(38, 18), v => ToDecimal((Number)v), v => FromDecimal((decimal)v)),
        new("string", typeof(string), SqlType.String, v => v, v => WellFormed((string)v)),
        // Whoever changes an array changes their own.
        new("byte[]", typeof(byte[]), SqlType.Bytes, v => ((byte[])v).Clone(), v => ((byte[])v).Clone()),
        new("DateOnly", typeof(DateOnly), SqlType.Date, v => v, v => v),
        new("TimeOnly", typeof(TimeOnly), SqlType.Time(7), v => v, v => v),
        new("DateTime", typeof(DateTime), SqlType.Timestamp(7), v => v, v => DateTime.SpecifyKind((DateTime)v, DateTimeKind.Unspecified)),
        new("DateTimeOffset", typeof(DateTimeOffset), SqlType.TimestampLtz(7), v => v, v => ((DateTimeOffset)v).ToUniversalTime()),
        new("TimeSpan", typeof(TimeSpan), new SqlType(SqlKind.IntervalTime), v => new TimeSpan(checked((long)v * TimeSpan.TicksPerMillisecond)), v => ((TimeSpan)v).Ticks / TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>The types there are, as a message lists them.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(t => t.Name));

    /// <summary>Finds a type, nullable or not; null if it is none of them.</summary>
    public static UserType? Of(Type type) => Array.Find(All, t => t.Clr == (Nullable.GetUnderlyingType(type) ?? type));

    private static EvaluationException NoNumber(object value) => new($"returned {Convert.ToString(value, CultureInfo.InvariantCulture)}, which is no number of SQL");

    private static object ToDecimal(Number number)
    {
        var (unscaled, scale) = (number.Unscaled, number.Scale);
        if (scale < 0)
            (unscaled, scale) = (unscaled * BigInteger.Pow(10, -scale), 0);
        while (scale > 0 && (scale > 28 || BigInteger.Abs(unscaled) >= BigInteger.One << 96) && unscaled % 10 == 0)
            (unscaled, scale) = (unscaled / 10, scale - 1);
        if (scale > 28 || BigInteger.Abs(unscaled) >= BigInteger.One << 96)
            throw new EvaluationException($"was given {number}, which has more digits than a decimal of C#");
        var bits = BigInteger.Abs(unscaled);
        return new decimal((int)(uint)(bits & uint.MaxValue), (int)(uint)((bits >> 32) & uint.MaxValue), (int)(uint)(bits >> 64), unscaled.Sign < 0, (byte)scale);
    }

    private static object FromDecimal(decimal value) =>
        Number.Parse(value.ToString(CultureInfo.InvariantCulture)).TryFit(SqlType.Decimal(38, 18), out var number)
            ? number
            : throw new EvaluationException($"returned {value.ToString(CultureInfo.InvariantCulture)}, which is out of range for DECIMAL(38, 18)");

    private static string WellFormed(string text)
    {
        // Half a character would become another one where the text is written.
        for (var i = 0; i < text.Length; i++)
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
                throw new EvaluationException("returned a text with half of a surrogate pair");
        return text;
    }
}
