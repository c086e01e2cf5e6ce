using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>The order of numbers, dates and truth values. The orders are structs, so that each comparison is compiled for its own.</summary>
internal readonly struct NaturalOrder<T> : IComparer<T>
    where T : IComparable<T>
{
    /// <inheritdoc />
    public int Compare(T? x, T? y) => x!.CompareTo(y);
}

/// <summary>The order of strings.</summary>
internal readonly struct CodePointOrder : IComparer<string>
{
    /// <inheritdoc />
    public int Compare(string? x, string? y) => TextOrder.Compare(x!, y!);
}

/// <summary>The order of bytes, unsigned.</summary>
internal readonly struct BytesOrder : IComparer<byte[]>
{
    /// <inheritdoc />
    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}

/// <summary>Tells whether arrays, maps and rows are equal.</summary>
internal readonly struct NestedOrder : IComparer<NestedValue>
{
    /// <inheritdoc />
    public int Compare(NestedValue? x, NestedValue? y) => x!.Equals(y) ? 0 : 1;
}
