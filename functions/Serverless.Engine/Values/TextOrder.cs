namespace Serverless.Engine.Values;

/// <summary>The order of strings: by code point, which is the order of their UTF-8 bytes, as in Flink.</summary>
public static class TextOrder
{
    /// <summary>Less than, equal to or greater than zero.</summary>
    public static int Compare(string left, string right)
    {
        var at = left.AsSpan().CommonPrefixLength(right);
        return at == left.Length || at == right.Length ? left.Length.CompareTo(right.Length) : Rank(left[at]).CompareTo(Rank(right[at]));
    }

    // Surrogates stand for code points beyond all single units, but UTF-16 has them before U+E000.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
