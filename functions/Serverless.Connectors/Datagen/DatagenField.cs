using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Datagen;

/// <summary>Makes the values of one column: a sequence, or by chance.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Seed">Different for each column.</param>
public sealed record DatagenField(string Name, SqlType Type, ulong Seed)
{
    /// <summary>The length of a text, or of bytes, where the script does not say.</summary>
    public const int DefaultLength = 100;

    /// <summary>The first number of a sequence; null for values by chance.</summary>
    public long? Start { get; init; }

    /// <summary>The least number; null for the type's.</summary>
    public decimal? Min { get; init; }

    /// <summary>The greatest number; null for the type's.</summary>
    public decimal? Max { get; init; }

    /// <summary>The length of a text, or of bytes.</summary>
    public int Length { get; init; } = DefaultLength;

    /// <summary>Whether lengths are by chance, up to <see cref="Length"/>.</summary>
    public bool HasAnyLength { get; init; }

    /// <summary>How far in the past a time may lie.</summary>
    public TimeSpan MaxPast { get; init; }

    /// <summary>The share of values that are NULL.</summary>
    public double NullRate { get; init; }

    /// <summary>The fields of a <c>ROW</c>.</summary>
    public IReadOnlyList<DatagenField> Fields { get; init; } = [];

    /// <summary>Writes the value of a row as a property.</summary>
    /// <param name="writer">The row.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="now">The present time.</param>
    public void Write(Utf8JsonWriter writer, long number, DateTimeOffset now)
    {
        writer.WritePropertyName(Name);
        var chance = new Chance(Mixed(Seed + ((ulong)number * 0x9E3779B97F4A7C15)));
        if (NullRate > 0 && chance.Share() < NullRate)
        {
            writer.WriteNullValue();
            return;
        }

        switch (Type.Kind)
        {
            case SqlKind.Row:
                writer.WriteStartObject();
                foreach (var field in Fields)
                    field.Write(writer, number, now);
                writer.WriteEndObject();
                break;
            case SqlKind.Boolean:
                writer.WriteBooleanValue(chance.Next() % 2 == 1);
                break;
            case SqlKind.Bytes:
                writer.WriteBase64StringValue(Enumerable.Range(0, LengthOf(chance)).Select(_ => (byte)chance.Next()).ToArray());
                break;
            case SqlKind.String when Start is null:
                writer.WriteStringValue(string.Concat(Enumerable.Range(0, LengthOf(chance)).Select(_ => "0123456789abcdef"[(int)(chance.Next() % 16)])));
                break;
            case SqlKind.String:
                writer.WriteStringValue((Start + number)!.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case SqlKind.Date or SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz:
                writer.WriteStringValue(TextOf(now - (MaxPast * chance.Share())));
                break;
            case SqlKind.Float or SqlKind.Double when Start is null:
                writer.WriteNumberValue(Type.Kind == SqlKind.Float ? (float)Floating(chance) : Floating(chance));
                break;
            default:
                writer.WriteRawValue(Start is { } start ? (start + number).ToString(CultureInfo.InvariantCulture) : Exact(chance));
                break;
        }
    }

    private static readonly BigInteger Largest = BigInteger.Pow(10, 9);

    private int LengthOf(Chance chance) => HasAnyLength && Length > 0 ? (int)(chance.Next() % (ulong)Length) + 1 : Length;

    private double Floating(Chance chance)
    {
        var (min, max) = ((double?)Min ?? 0, (double?)Max ?? (Type.Kind == SqlKind.Float ? float.MaxValue : double.MaxValue));
        return min + (chance.Share() * (max - min));
    }

    // A whole number, or a decimal as so many of its last digit.
    private string Exact(Chance chance)
    {
        var unit = BigInteger.Pow(10, Type.Scale);
        var (least, most) = Type.Kind switch
        {
            SqlKind.TinyInt => (sbyte.MinValue, sbyte.MaxValue),
            SqlKind.SmallInt => (short.MinValue, short.MaxValue),
            SqlKind.Int => (int.MinValue, int.MaxValue),
            SqlKind.BigInt => (long.MinValue, long.MaxValue),
            _ => (BigInteger.Zero, BigInteger.Pow(10, Type.Length) - 1),
        };
        var min = Min is { } lower ? BigInteger.Max(least, Units(lower)) : least;
        var max = Max is { } upper ? BigInteger.Min(most, Units(upper)) : most;
        var span = max - min + 1;
        var value = min + (span <= 0 ? 0 : new BigInteger(chance.Bytes(24), isUnsigned: true) % span);
        return new Number(value, Type.Scale).ToString();

        BigInteger Units(decimal number) => ((BigInteger)decimal.Truncate(number) * unit) + ((BigInteger)((number - decimal.Truncate(number)) * (decimal)BigInteger.Min(unit, Largest)) * (unit / BigInteger.Min(unit, Largest)));
    }

    private string TextOf(DateTimeOffset time) => Type.Kind switch
    {
        SqlKind.Date => Temporal.Format(DateOnly.FromDateTime(time.UtcDateTime)),
        SqlKind.Time => Temporal.Format(TimeOnly.FromDateTime(time.UtcDateTime), 3),
        SqlKind.Timestamp => Temporal.Format(time.UtcDateTime, 3),
        _ => Temporal.Format(time.UtcDateTime, 3) + "Z",
    };

    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    // SplitMix64: one seed, one series.
    private sealed class Chance(ulong state)
    {
        private ulong _state = state;

        public ulong Next() => Mixed(_state += 0x9E3779B97F4A7C15);

        public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

        public byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            for (var i = 0; i < count; i++)
                bytes[i] = (byte)Next();
            return bytes;
        }
    }
}
