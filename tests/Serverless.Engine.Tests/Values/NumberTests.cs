using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.Values;

public sealed class NumberTests
{
    private static readonly Gen<BigInteger> Unscaled = Gen.OneOf(
        Gen.Long.Select(n => (BigInteger)n),
        Gen.Int[-200, 200].Select(n => (BigInteger)n),
        Gen.Select(Gen.Long, Gen.Long, (a, b) => (BigInteger)a * b),
        Gen.Select(Gen.Int[-99, 99], Gen.Int[0, 36], (n, zeros) => n * BigInteger.Pow(10, zeros)));

    private static readonly Gen<Number> Numbers = Gen.Select(Unscaled, Gen.Int[-30, 45], (n, scale) => new Number(n, scale));

    private static readonly Gen<decimal> Decimals = Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Int[0, 12])
        .Select((n, scale) => new decimal(n) / (decimal)BigInteger.Pow(10, scale));

    [Theory]
    [InlineData("139.4", "139.4")]
    [InlineData("33.80", "33.80")]
    [InlineData("-0.05", "-0.05")]
    [InlineData("+7", "7")]
    [InlineData(" \t42\n", "42")]
    [InlineData("007", "7")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("-0", "0")]
    [InlineData("0.000", "0.000")]
    [InlineData("0e999999999999", "0")]
    [InlineData("1e3", "1000")]
    [InlineData("1.5E-3", "0.0015")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("9223372036854775808", "9223372036854775808")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("99999999999999999999999999999999999999", "99999999999999999999999999999999999999")]
    [InlineData("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678")]
    [InlineData("123456789012345678901234567890123456789", "123456789012345680000000000000000000000")]
    [InlineData("1e300", "1E+300")]
    [InlineData("-1.25e-300", "-1.25E-300")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157E+308")]
    [InlineData("5e-324", "5E-324")]
    [InlineData("1e-400", "0")]
    [InlineData("1e-999999999999", "0")]
    public void A_text_is_read_as_it_stands(string text, string expected)
    {
        Assert.True(Number.TryParse(text, out var number));
        Assert.Equal(expected, number.ToString());
        Assert.True(Number.TryParse(Encoding.UTF8.GetBytes(text), out var fromBytes));
        Assert.Equal(expected, fromBytes.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.2.3")]
    [InlineData("1 2")]
    [InlineData("1_000")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("--1")]
    [InlineData("1e1.5")]
    [InlineData("١")]
    [InlineData("1e309")]
    [InlineData("-2e308")]
    [InlineData("1e999999999999")]
    public void What_is_no_number_or_too_large_is_refused(string text)
    {
        Assert.False(Number.TryParse(text, out _));
        Assert.False(Number.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void A_hostile_text_costs_no_giant_integer()
    {
        Assert.False(Number.TryParse(new string('9', 1_000_000), out _));
        Assert.True(Number.TryParse("0." + new string('9', 1_000_000), out var almostOne));
        Assert.Equal("1", almostOne.ToString());
        Assert.True(new Number(1L, 1_000_000_000) < new Number(1L, -1_000_000_000));
        Assert.False(new Number(1L, -1_000_000_000).Fits(38, 0));
        Assert.True(new Number(1L, 1_000_000_000).Fits(38, 0));
    }

    [Fact]
    public void Text_and_back_is_the_same_number_and_scale() => Numbers.Sample(number =>
    {
        Assert.True(number.Digits > Number.MaxDigits || Number.TryParse(number.ToString(), out var back) && back == number);
    });

    [Fact]
    public void Arithmetic_is_that_of_integers() => Gen.Select(Numbers, Numbers).Sample((a, b) =>
    {
        var scale = Math.Max(a.Scale, b.Scale);
        Assert.Equal(At(a, scale) + At(b, scale), At(a + b, scale));
        Assert.Equal(At(a, scale) - At(b, scale), At(a - b, scale));
        Assert.Equal(a.Unscaled * b.Unscaled, At(a * b, a.Scale + b.Scale));
        Assert.Equal(-a.Unscaled, At(-a, a.Scale));
        Assert.Equal(BigInteger.Abs(a.Unscaled), At(Number.Abs(a), a.Scale));
        Assert.Equal(At(a, scale).CompareTo(At(b, scale)), a.CompareTo(b));
        Assert.Equal(At(a, scale) == At(b, scale), a == b);
        if (b.Sign != 0)
            Assert.Equal(BigInteger.Remainder(At(a, scale), At(b, scale)), At(a % b, scale));
    });

    [Fact]
    public void Equal_values_of_any_scale_are_one_key() => Gen.Select(Numbers, Gen.Int[0, 40]).Sample((number, zeros) =>
    {
        var longer = number.SetScale(number.Scale + zeros);
        Assert.Equal(number, longer);
        Assert.Equal(number.GetHashCode(), longer.GetHashCode());
        Assert.Equal(number.Normalize().ToString(), longer.Normalize().ToString());
        Assert.Equal(number.Normalize().Scale, longer.Normalize().Scale);
    });

    [Fact]
    public void Rounding_is_that_of_decimal() => Gen.Select(Decimals, Gen.Int[0, 12]).Sample((value, scale) =>
    {
        var number = Of(value);
        Assert.Equal(Of(Math.Round(value, scale, MidpointRounding.AwayFromZero)), number.Round(scale));
        Assert.Equal(scale, number.SetScale(scale).Scale);
        Assert.Equal(Of(Math.Round(value, scale, MidpointRounding.ToZero)), number.Truncate(scale));
        Assert.Equal(Of(Math.Floor(value)), number.Floor());
        Assert.Equal(Of(Math.Ceiling(value)), number.Ceiling());
        Assert.Equal((long)value, number.ToInt64());
        Assert.Equal(Math.Abs(Math.Round(value, scale, MidpointRounding.AwayFromZero)) < 10000m, number.Fits(scale + 4, scale));
    });

    [Fact]
    public void Rounding_of_large_numbers_is_that_of_integers() => Gen.Select(Numbers, Gen.Int[1, 60]).Sample((number, cut) =>
    {
        var unit = BigInteger.Pow(10, cut);
        var floor = BigInteger.DivRem(number.Unscaled, unit, out var rest) - (rest.Sign < 0 ? 1 : 0);
        var half = BigInteger.DivRem((BigInteger.Abs(number.Unscaled) * 2) + unit, unit * 2, out _) * number.Sign;
        Assert.Equal(half, At(number.Round(number.Scale - cut), number.Scale - cut));
        Assert.Equal(number.Unscaled / unit, At(number.Truncate(number.Scale - cut), number.Scale - cut));
        var whole = new Number(number.Unscaled, cut);
        Assert.Equal(floor, At(whole.Floor(), 0));
        Assert.Equal(rest.IsZero ? floor : floor + 1, At(whole.Ceiling(), 0));
    });

    [Fact]
    public void A_quotient_is_rounded_half_up() => Gen.Select(Numbers, Numbers, Gen.Int[0, 20]).Sample((a, b, scale) =>
    {
        if (b.Sign == 0)
            return;
        var quotient = Number.Divide(a, b, scale);
        Assert.Equal(scale, quotient.Scale);
        // |a/b - quotient| is at most half a unit of the last digit, without dividing.
        var twiceError = Number.Abs((a - (quotient * b)) * new Number(2L));
        Assert.True(twiceError <= Number.Abs(b * new Number(1L, scale)));
    });

    [Theory]
    [InlineData("1", "3", 6, "0.333333")]
    [InlineData("2", "3", 6, "0.666667")]
    [InlineData("-2", "3", 0, "-1")]
    [InlineData("1", "8", 2, "0.13")]
    [InlineData("-1", "8", 2, "-0.13")]
    [InlineData("1e300", "1e-5", 0, "1E+305")]
    [InlineData("5", "10", 0, "1")]
    public void Quotients(string dividend, string divisor, int scale, string expected) =>
        Assert.Equal(Number.Parse(expected), Number.Divide(Number.Parse(dividend), Number.Parse(divisor), scale));

    [Fact]
    public void A_division_by_zero_is_refused()
    {
        Assert.Throws<DivideByZeroException>(() => Number.Divide(new Number(1L), new Number(0L, 5), 2));
        Assert.Throws<DivideByZeroException>(() => Number.Remainder(new Number(1L), default));
    }

    [Fact]
    public void A_double_and_back_is_the_same_double() => Gen.Double.Sample(value =>
    {
        if (!double.IsFinite(value))
            return;
        var number = Number.FromDouble(value);
        Assert.Equal(value, number.ToDouble());
        Assert.True(Number.TryParse(value.ToString("R", CultureInfo.InvariantCulture), out var parsed));
        Assert.Equal(number, parsed);
    });

    [Fact]
    public void A_float_and_back_is_the_same_float() => Gen.Float.Sample(value =>
    {
        if (float.IsFinite(value))
            Assert.Equal(value, Number.FromSingle(value).ToSingle());
    });

    [Fact]
    public void A_double_is_the_nearest() => Numbers.Sample(number =>
        Assert.Equal(double.Parse($"{number.Unscaled}E{-number.Scale}", CultureInfo.InvariantCulture), number.ToDouble()));

    [Theory]
    [InlineData("0", true, 0L)]
    [InlineData("-0.9", true, 0L)]
    [InlineData("9.99", true, 9L)]
    [InlineData("-9.99", true, -9L)]
    [InlineData("1e18", true, 1_000_000_000_000_000_000L)]
    [InlineData("9223372036854775807.9", true, long.MaxValue)]
    [InlineData("-9223372036854775808.9", true, long.MinValue)]
    [InlineData("9223372036854775808", false, 0L)]
    [InlineData("1e300", false, 0L)]
    [InlineData("1e-300", true, 0L)]
    public void The_whole_part_as_a_long(string text, bool fits, long expected)
    {
        Assert.Equal(fits, Number.Parse(text).TryToInt64(out var value));
        if (fits)
            Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("0.10000000000000000555", "0.1")]
    [InlineData("-0.0", "0.0")]
    [InlineData("12345678901234567890123456789012345678", "12345678901234568000000000000000000000")]
    [InlineData("1e400", null)]
    [InlineData("1e-400", "0")]
    public void A_double_is_the_nearest_by_its_shortest_text(string text, string? expected)
    {
        var at = text.IndexOf('e', StringComparison.Ordinal);
        var number = at < 0 ? Number.Parse(text) : new Number(1L, -int.Parse(text[(at + 1)..], CultureInfo.InvariantCulture));
        Assert.Equal(expected is not null, number.TryFit(SqlType.Double, out var fit));
        if (expected is not null)
            Assert.Equal(expected, fit.ToString());
    }

    [Fact]
    public void Short_texts_that_are_taken_as_they_are_are_what_a_double_and_a_float_print() => Gen.Long[-999_999_999_999_999, 999_999_999_999_999].Select(Gen.Int[-290, 290]).Sample((unscaled, scale) =>
    {
        var number = new Number(unscaled, scale);
        Assert.True(number.TryFit(SqlType.Double, out var fit));
        Assert.Equal(Number.FromDouble(number.ToDouble()), fit);
        var small = new Number(unscaled % 1_000_000, scale % 31);
        Assert.True(small.TryFit(SqlType.Float, out fit));
        Assert.Equal(Number.FromSingle(small.ToSingle()), fit);
    });

    [Fact]
    public void A_sum_is_the_same_in_any_order()
    {
        string[] texts = ["33.8", "31.8", "73.8"];
        Assert.Equal("139.4", texts.Select(text => Number.Parse(text)).Aggregate(Number.Add).ToString());
        Assert.Equal("139.4", texts.Reverse().Select(text => Number.Parse(text)).Aggregate(Number.Add).ToString());
    }

    private static Number Of(decimal value) => Number.Parse(value.ToString(CultureInfo.InvariantCulture));

    private static BigInteger At(Number number, int scale)
    {
        var unscaled = number.Unscaled;
        for (var at = number.Scale; at < scale; at++)
            unscaled *= 10;
        for (var at = number.Scale; at > scale; at--)
        {
            unscaled = BigInteger.DivRem(unscaled, 10, out var rest);
            Assert.True(rest.IsZero);
        }

        return unscaled;
    }
}
