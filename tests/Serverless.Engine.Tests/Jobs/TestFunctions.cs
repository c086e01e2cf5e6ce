#pragma warning disable CA1724, CA1822 // They are named as a script names them.

namespace Serverless.Engine.Tests.Jobs.Functions;

/// <summary>A function over every type there is, each given back changed.</summary>
public static class Types
{
    public static bool Eval(bool x) => !x;

    public static sbyte Eval(sbyte x) => (sbyte)(x + 1);

    public static short Eval(short x) => (short)(x + 2);

    public static int Eval(int x) => x + 3;

    public static long Eval(long x) => x + 4;

    public static float Eval(float x) => x / 2;

    public static double Eval(double x) => x / 4;

    public static decimal Eval(decimal x) => x / 8;

    public static string Eval(string x) => x + x;

    public static byte[] Eval(byte[] x)
    {
        Array.Reverse(x);
        return x;
    }

    public static DateOnly Eval(DateOnly x) => x.AddDays(1);

    public static TimeOnly Eval(TimeOnly x) => x.AddMinutes(1);

    public static DateTime Eval(DateTime x) => x.AddSeconds(1);

    public static DateTimeOffset Eval(DateTimeOffset x) => x.AddSeconds(2).ToOffset(TimeSpan.FromHours(8));

    public static TimeSpan Eval(TimeSpan x) => x * 2;
}

public static class Nulls
{
    public static string Eval(string text, long? number) => $"{text} {(number is null ? "none" : number)}";

    public static string Eval(string? text) => text ?? "no text";

    public static long? Eval(long number) => number == 0 ? null : number;
}

public static class Fails
{
    public static string Eval(string text) => text switch
    {
        "half" => "\ud800",
        _ => throw new FormatException($"'{text}' is\nnothing"),
    };

    public static double Eval(long number) => number == 0 ? double.NaN : number;
}

public static class Two
{
    public static string Eval(DateOnly x) => $"date {x}";

    public static string Eval(long x) => $"long {x}";

    public static string Eval(double x) => $"double {x}";
}

public sealed class NotStatic
{
    public string Eval(string x) => x;
}

public static class Odd
{
    public static string Eval(object x) => $"{x}";
}

public static class OddResult
{
    public static object Eval(string x) => x;
}

public static class Empty;
