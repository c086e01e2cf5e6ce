namespace Serverless.Engine.Values;

public readonly partial struct Number
{
    /// <inheritdoc />
    public bool Equals(Number other) => CompareTo(other) == 0;

    /// <inheritdoc />
    public int CompareTo(Number other) => throw new NotImplementedException();

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Number other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => throw new NotImplementedException();

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator ==(Number left, Number right) => left.Equals(right);

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator !=(Number left, Number right) => !left.Equals(right);

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator <(Number left, Number right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator <=(Number left, Number right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator >(Number left, Number right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator >=(Number left, Number right) => left.CompareTo(right) >= 0;
}
