using System.Collections;

namespace Serverless.Engine.Values;

/// <summary>A value of a type that is made of others: the elements of an <c>ARRAY</c>, the fields of a <c>ROW</c>, the keys and values in turn of a <c>MAP</c>. It never changes.</summary>
public sealed class NestedValue : IEquatable<NestedValue>
{
    /// <summary>Makes one.</summary>
    /// <param name="isMap">Whether the items are keys and values in turn, whose order means nothing.</param>
    /// <param name="items">The items, each of the CLR type of its SQL type without the nullable, or null; nobody may change the array any more.</param>
    public NestedValue(bool isMap, object?[] items) => (IsMap, Items) = (isMap, items);

    /// <summary>Whether the items are keys and values in turn.</summary>
    public bool IsMap { get; }

    /// <summary>The items.</summary>
    public object?[] Items { get; }

    /// <summary>How many elements, fields or entries it has.</summary>
    public int Count => IsMap ? Items.Length / 2 : Items.Length;

    /// <summary>An array, or a row.</summary>
    public static NestedValue Of(IEnumerable<object?> items) => new(false, [.. items]);

    /// <summary>A map: of several entries with one key the last counts, at the place of the first.</summary>
    public static NestedValue MapOf(IEnumerable<(object? Key, object? Value)> entries)
    {
        var places = new Dictionary<object, int>(BoxedValues.Comparer);
        var items = new List<object?>();
        foreach (var (key, value) in entries)
        {
            if (places.TryAdd(key ?? DBNull.Value, items.Count))
                items.AddRange([key, value]);
            else
                items[places[key ?? DBNull.Value] + 1] = value;
        }

        return new NestedValue(true, [.. items]);
    }

    /// <summary>The entries of a map.</summary>
    public IEnumerable<(object? Key, object? Value)> Entries
    {
        get
        {
            for (var i = 0; i + 1 < Items.Length; i += 2)
                yield return (Items[i], Items[i + 1]);
        }
    }

    /// <summary>Finds the value of a key of a map.</summary>
    public bool TryGet(object? key, out object? value)
    {
        foreach (var (known, found) in Entries)
            if (BoxedValues.AreEqual(known, key))
            {
                value = found;
                return true;
            }

        value = null;
        return false;
    }

    /// <summary>The same value in the one form that equal values share: numbers without trailing zeros, entries in the order of their keys.</summary>
    public NestedValue Normalize()
    {
        object?[] items = [.. Items.Select(i => i switch { Number n => n.Normalize(), NestedValue v => v.Normalize(), _ => i })];
        if (IsMap)
        {
            var entries = new NestedValue(true, items).Entries.OrderBy(e => e.Key, BoxedValues.Order);
            items = [.. entries.SelectMany(e => new[] { e.Key, e.Value })];
        }

        return new NestedValue(IsMap, items);
    }

    /// <inheritdoc />
    public bool Equals(NestedValue? other)
    {
        if (other is null || IsMap != other.IsMap || Items.Length != other.Items.Length)
            return false;
        return IsMap
            ? Entries.All(e => other.TryGet(e.Key, out var value) && BoxedValues.AreEqual(e.Value, value))
            : Items.Zip(other.Items).All(p => BoxedValues.AreEqual(p.First, p.Second));
    }

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as NestedValue);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = Items.Length;
        foreach (var item in Items)
            hash += BoxedValues.HashOf(item); // in any order, as those of a map
        return hash;
    }

    /// <summary>An order that is the same for equal values: item by item.</summary>
    internal static int Compare(NestedValue left, NestedValue right) =>
        left.IsMap ? Compare(left.Normalize().Items, right.Normalize().Items) : Compare(left.Items, right.Items);

    private static int Compare(object?[] left, object?[] right)
    {
        for (var i = 0; i < left.Length && i < right.Length; i++)
            if (BoxedValues.Compare(left[i], right[i]) is var order and not 0)
                return order;
        return left.Length.CompareTo(right.Length);
    }
}

/// <summary>Values in boxes, as they stand in <see cref="NestedValue"/>: NULL equals NULL here and comes first.</summary>
internal static class BoxedValues
{
    /// <summary>Compares boxes by their values, for dictionaries.</summary>
    public static IEqualityComparer<object> Comparer { get; } = new ByValue();

    /// <summary>The order of values of one type.</summary>
    public static IComparer<object?> Order { get; } = Comparer<object?>.Create(Compare);

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (byte[] l, byte[] r) => l.AsSpan().SequenceEqual(r),
        _ => Equals(left, right),
    };

    public static int HashOf(object? value) => value switch
    {
        null => 0,
        byte[] bytes => StructuralComparisons.StructuralEqualityComparer.GetHashCode(bytes),
        _ => value.GetHashCode(),
    };

    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string l, string r) => TextOrder.Compare(l, r),
        (byte[] l, byte[] r) => l.AsSpan().SequenceCompareTo(r),
        (NestedValue l, NestedValue r) => NestedValue.Compare(l, r),
        _ => Comparer<object>.Default.Compare(left, right),
    };

    private sealed class ByValue : IEqualityComparer<object>
    {
        public new bool Equals(object? x, object? y) => AreEqual(x, y);

        public int GetHashCode(object value) => HashOf(value);
    }
}
