using System.Numerics;

namespace Serverless.Engine.Values;

/// <summary>Powers of ten as the integers that scaling needs, and digit counts by them.</summary>
internal static class PowersOfTen
{
    /// <summary>The greatest exponent whose power fits a long.</summary>
    public const int MaxLong = 18;

    private static readonly long[] Longs = MakeLongs();
    private static readonly BigInteger[] Bigs = MakeBigs();

    /// <summary>10^exponent for an exponent of 0 to <see cref="MaxLong"/>.</summary>
    public static long Long(int exponent) => Longs[exponent];

    /// <summary>10^exponent for any exponent of at least 0.</summary>
    public static BigInteger Big(int exponent) => exponent < Bigs.Length ? Bigs[exponent] : BigInteger.Pow(10, exponent);

    /// <summary>How many decimal digits an integer has; 1 for zero.</summary>
    public static int Digits(long value)
    {
        var magnitude = value < 0 ? (ulong)-value : (ulong)value; // right for long.MinValue too: the bits are 2^63
        var digits = 1;
        while (digits <= MaxLong && magnitude >= (ulong)Longs[digits])
            digits++;
        return digits;
    }

    /// <inheritdoc cref="Digits(long)" />
    public static int Digits(BigInteger value)
    {
        if (value.IsZero)
            return 1;
        var magnitude = BigInteger.Abs(value);
        var digits = (int)((magnitude.GetBitLength() - 1) * 0.30102999566398120) + 1; // at most one too few
        return magnitude >= Big(digits) ? digits + 1 : digits;
    }

    private static long[] MakeLongs()
    {
        var powers = new long[MaxLong + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }

    private static BigInteger[] MakeBigs()
    {
        var powers = new BigInteger[80]; // two DECIMALs of 38 digits multiplied
        powers[0] = BigInteger.One;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
