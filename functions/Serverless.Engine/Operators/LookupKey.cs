namespace Serverless.Engine.Operators;

/// <summary>The values of a table's key that rows are looked up by; none of them is NULL. Keys with equal values are equal.</summary>
/// <param name="values">The values, boxed, in the order of the columns that are known.</param>
public sealed class LookupKey(IReadOnlyList<object> values) : IEquatable<LookupKey>
{
    /// <summary>The values.</summary>
    public IReadOnlyList<object> Values { get; } = values;

    /// <inheritdoc />
    public bool Equals(LookupKey? other)
    {
        if (other is null || other.Values.Count != Values.Count)
            return false;
        for (var i = 0; i < Values.Count; i++)
            if (Values[i] is byte[] bytes ? other.Values[i] is not byte[] others || !bytes.AsSpan().SequenceEqual(others) : !Values[i].Equals(other.Values[i]))
                return false;
        return true;
    }

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as LookupKey);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in Values)
        {
            if (value is byte[] bytes)
                hash.AddBytes(bytes);
            else
                hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc />
    public override string ToString() => string.Join(", ", Values.Select(RowFailures.Text));
}
