using Serverless.Engine.State;

namespace Serverless.Engine.Values;

/// <summary>Values of one type, row by row, without a box around each. See <see cref="SqlType.ClrType"/> for the types.</summary>
public abstract class Column
{
    /// <summary>The number of rows.</summary>
    public int Count { get; protected set; }

    /// <summary>Makes an empty column for values of a type.</summary>
    public static Column Create(SqlType type) => type.Kind switch
    {
        SqlKind.Boolean => new Column<bool?>(),
        SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => new Column<long?>(),
        SqlKind.Decimal or SqlKind.Float or SqlKind.Double => new Column<Number?>(),
        SqlKind.String or SqlKind.Null => new Column<string?>(),
        SqlKind.Bytes => new Column<byte[]?>(),
        SqlKind.Date => new Column<DateOnly?>(),
        SqlKind.Time => new Column<TimeOnly?>(),
        SqlKind.Timestamp => new Column<DateTime?>(),
        SqlKind.TimestampLtz => new Column<DateTimeOffset?>(),
        SqlKind.IntervalMonths or SqlKind.IntervalTime => new Column<long?>(),
        _ => new Column<NestedValue?>(),
    };

    /// <summary>Drops the rows behind the first <paramref name="count"/>.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    /// <summary>Appends SQL's NULL.</summary>
    public abstract void AppendNull();

    /// <summary>Appends a value in a box, as <see cref="Box"/> returns it.</summary>
    internal abstract void AppendBoxed(object? value);

    /// <summary>Returns an empty column of the same type.</summary>
    internal abstract Column Empty();

    /// <summary>Appends a row of another column of the same type.</summary>
    internal abstract void Append(Column from, int row);

    /// <summary>Whether a row is NULL.</summary>
    public abstract bool IsNull(int row);

    /// <summary>A row's text, of a column of texts; null for NULL.</summary>
    internal abstract string? Text(int row);

    /// <summary>A row's value; the column's type is <typeparamref name="T"/>, or it holds texts and that is string.</summary>
    internal T Value<T>(int row) => this is Column<T> typed ? typed.Values[row] : (T)(object?)Text(row)!;

    /// <summary>A hash of a row's value, for as long as the process lives.</summary>
    internal abstract int Hash(int row);

    /// <summary>Whether the values of two rows are known to be equal.</summary>
    internal abstract bool AreEqual(int left, int right);

    /// <summary>Makes it so many rows, whose values are yet to be set.</summary>
    internal abstract void Resize(int count);

    internal abstract void Write(StateWriter writer, int row);

    internal abstract void Read(ref StateReader reader);

    /// <summary>A row's value in a box, for printing; null for NULL.</summary>
    public abstract object? Box(int row);
}

/// <summary>A column of one CLR type, which is nullable: <c>long?</c>, <c>string</c>…</summary>
/// <typeparam name="T">The nullable type.</typeparam>
public sealed class Column<T> : Column
{
    private T[] _values = new T[4];

    /// <summary>The rows' values; only the first <see cref="Column.Count"/> are meant.</summary>
    public T[] Values => _values;

    /// <summary>Appends a value.</summary>
    public void Append(T value)
    {
        if (Count == _values.Length)
            Array.Resize(ref _values, _values.Length * 2);
        _values[Count++] = value;
    }

    /// <inheritdoc />
    public override void AppendNull() => Append(default!);

    internal override void AppendBoxed(object? value) => Append((T)value!);

    internal override Column Empty() => new Column<T>();

    internal override void Append(Column from, int row) => Append(((Column<T>)from)._values[row]);

    /// <inheritdoc />
    public override bool IsNull(int row) => _values[row] is null;

    internal override string? Text(int row) => (string?)(object?)_values[row];

    internal override int Hash(int row) => _values[row]?.GetHashCode() ?? 0;

    internal override bool AreEqual(int left, int right) => EqualityComparer<T>.Default.Equals(_values[left], _values[right]);

    internal override void Resize(int count)
    {
        if (_values.Length < count)
            _values = new T[Math.Max(count, _values.Length * 2)];
        Count = count;
    }

    internal override void Write(StateWriter writer, int row) => writer.Value(_values[row]);

    internal override void Read(ref StateReader reader) => Append(reader.Value<T>());

    /// <inheritdoc />
    public override object? Box(int row) => _values[row];
}
