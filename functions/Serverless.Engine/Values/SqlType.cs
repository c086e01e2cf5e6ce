namespace Serverless.Engine.Values;

/// <summary>The kinds of SQL type, each with the CLR type that carries its values in columns and expressions.</summary>
public enum SqlKind
{
    /// <summary>The type of a bare <c>NULL</c>; carried as <see cref="string"/>, always null.</summary>
    Null,

    /// <summary><c>BOOLEAN</c>, carried as <see cref="bool"/>.</summary>
    Boolean,

    /// <summary><c>TINYINT</c>, carried as <see cref="long"/>.</summary>
    TinyInt,

    /// <summary><c>SMALLINT</c>, carried as <see cref="long"/>.</summary>
    SmallInt,

    /// <summary><c>INT</c>, carried as <see cref="long"/>.</summary>
    Int,

    /// <summary><c>BIGINT</c>, carried as <see cref="long"/>.</summary>
    BigInt,

    /// <summary><c>DECIMAL(p, s)</c>, carried as <see cref="Number"/>.</summary>
    Decimal,

    /// <summary><c>FLOAT</c>, a binary number of 32 bits, carried as the <see cref="Number"/> of its shortest decimal text.</summary>
    Float,

    /// <summary><c>DOUBLE</c>, a binary number of 64 bits, carried as the <see cref="Number"/> of its shortest decimal text.</summary>
    Double,

    /// <summary><c>CHAR</c>, <c>VARCHAR</c> and <c>STRING</c>, carried as <see cref="string"/>.</summary>
    String,

    /// <summary><c>BINARY</c>, <c>VARBINARY</c> and <c>BYTES</c>, carried as <c>byte[]</c>.</summary>
    Bytes,

    /// <summary><c>DATE</c>, carried as <see cref="DateOnly"/>.</summary>
    Date,

    /// <summary><c>TIME</c>, carried as <see cref="TimeOnly"/>.</summary>
    Time,

    /// <summary><c>TIMESTAMP</c>, a date and time without a zone, carried as <see cref="DateTime"/> (100 ns, unspecified kind).</summary>
    Timestamp,

    /// <summary><c>TIMESTAMP_LTZ</c>, an instant, carried as <see cref="DateTimeOffset"/> with offset zero.</summary>
    TimestampLtz,

    /// <summary><c>INTERVAL YEAR TO MONTH</c>, carried as the <see cref="long"/> number of its months.</summary>
    IntervalMonths,

    /// <summary><c>INTERVAL DAY TO SECOND</c>, carried as the <see cref="long"/> number of its milliseconds.</summary>
    IntervalTime,

    /// <summary><c>ARRAY&lt;t&gt;</c>, carried as <see cref="NestedValue"/>.</summary>
    Array,

    /// <summary><c>MAP&lt;k, v&gt;</c>, carried as <see cref="NestedValue"/>.</summary>
    Map,

    /// <summary><c>MULTISET&lt;t&gt;</c>, carried as the <see cref="NestedValue"/> of a map from elements to how often they are in it.</summary>
    Multiset,

    /// <summary><c>ROW&lt;…&gt;</c>, carried as <see cref="NestedValue"/> where more than some of its fields are used.</summary>
    Row,
}

/// <summary>A SQL type of Flink's dialect. Every type is nullable, as everywhere in streaming SQL.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Length">Precision of a <c>DECIMAL</c>, <c>TIME</c> or <c>TIMESTAMP</c>, length of a <c>CHAR</c>, <c>VARCHAR</c> or <c>BINARY</c>; 0 where it has none (<c>STRING</c>).</param>
/// <param name="Scale">Scale of a <c>DECIMAL</c>; 0 otherwise.</param>
public sealed record SqlType(SqlKind Kind, int Length = 0, int Scale = 0)
{
#pragma warning disable CS1591 // The names say it all.
    public static readonly SqlType Null = new(SqlKind.Null);
    public static readonly SqlType Boolean = new(SqlKind.Boolean);
    public static readonly SqlType TinyInt = new(SqlKind.TinyInt);
    public static readonly SqlType SmallInt = new(SqlKind.SmallInt);
    public static readonly SqlType Int = new(SqlKind.Int);
    public static readonly SqlType BigInt = new(SqlKind.BigInt);
    public static readonly SqlType Float = new(SqlKind.Float);
    public static readonly SqlType Double = new(SqlKind.Double);
    public static readonly SqlType String = new(SqlKind.String);
    public static readonly SqlType Bytes = new(SqlKind.Bytes);
    public static readonly SqlType Date = new(SqlKind.Date);
#pragma warning restore CS1591

    /// <summary><c>DECIMAL(precision, scale)</c>; precision 1 to 38.</summary>
    public static SqlType Decimal(int precision, int scale) => new(SqlKind.Decimal, precision, scale);

    /// <summary><c>TIME(precision)</c>.</summary>
    public static SqlType Time(int precision = 0) => new(SqlKind.Time, precision);

    /// <summary><c>TIMESTAMP(precision)</c>.</summary>
    public static SqlType Timestamp(int precision = 6) => new(SqlKind.Timestamp, precision);

    /// <summary><c>TIMESTAMP_LTZ(precision)</c>.</summary>
    public static SqlType TimestampLtz(int precision = 6) => new(SqlKind.TimestampLtz, precision);

    /// <summary><c>ARRAY&lt;element&gt;</c>.</summary>
    public static SqlType Array(SqlType element) => new(SqlKind.Array) { Fields = [new RowField("element", element)] };

    /// <summary><c>MAP&lt;key, value&gt;</c>.</summary>
    public static SqlType Map(SqlType key, SqlType value) => new(SqlKind.Map) { Fields = [new RowField("key", key), new RowField("value", value)] };

    /// <summary><c>MULTISET&lt;element&gt;</c>.</summary>
    public static SqlType Multiset(SqlType element) => new(SqlKind.Multiset) { Fields = [new RowField("element", element), new RowField("count", Int)] };

    /// <summary><c>ROW&lt;…&gt;</c>.</summary>
    public static SqlType Row(params IEnumerable<RowField> fields) => new(SqlKind.Row) { Fields = new([.. fields]) };

    /// <summary>What it is made of: the fields of a <c>ROW</c>, the element of an <c>ARRAY</c>, key and value of a <c>MAP</c>, element and count of a <c>MULTISET</c>; empty otherwise.</summary>
    public ValueList<RowField> Fields { get; init; } = [];

    /// <summary>Whether it is made of other types, and so carried as <see cref="NestedValue"/>.</summary>
    public bool IsNested => Kind is SqlKind.Array or SqlKind.Map or SqlKind.Multiset or SqlKind.Row;

    /// <summary>Whether it is a length of time.</summary>
    public bool IsInterval => Kind is SqlKind.IntervalMonths or SqlKind.IntervalTime;

    /// <summary>The type of the elements of an <c>ARRAY</c> or <c>MULTISET</c>, of the keys of a <c>MAP</c>.</summary>
    public SqlType Element => Fields[0].Type;

    /// <summary>Whether it is one of <c>TINYINT</c>, <c>SMALLINT</c>, <c>INT</c>, <c>BIGINT</c>.</summary>
    public bool IsInteger => Kind is SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt;

    /// <summary>Whether it is carried as <see cref="Number"/>.</summary>
    public bool IsNumber => Kind is SqlKind.Decimal or SqlKind.Float or SqlKind.Double;

    /// <summary>Whether it is a number of any kind.</summary>
    public bool IsNumeric => IsInteger || IsNumber;

    /// <summary>The CLR type that carries a value that may be null: <c>long?</c>, <c>string</c>, <c>Number?</c>…</summary>
    public Type ClrType => Carry(CarrierType.Instance);

    /// <summary>Makes something of <see cref="ClrType"/>.</summary>
    internal TResult Carry<TResult>(ICarrier<TResult> carrier) => Kind switch
    {
        SqlKind.Boolean => carrier.Of<bool?>(),
        SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => carrier.Of<long?>(),
        SqlKind.Decimal or SqlKind.Float or SqlKind.Double => carrier.Of<Number?>(),
        SqlKind.String or SqlKind.Null => carrier.Of<string>(),
        SqlKind.Bytes => carrier.Of<byte[]>(),
        SqlKind.Date => carrier.Of<DateOnly?>(),
        SqlKind.Time => carrier.Of<TimeOnly?>(),
        SqlKind.Timestamp => carrier.Of<DateTime?>(),
        SqlKind.TimestampLtz => carrier.Of<DateTimeOffset?>(),
        SqlKind.IntervalMonths or SqlKind.IntervalTime => carrier.Of<long?>(),
        _ => carrier.Of<NestedValue>(),
    };

    /// <summary>The type as SQL writes it.</summary>
    public override string ToString() => Kind switch
    {
        SqlKind.Decimal => $"DECIMAL({Length}, {Scale})",
        SqlKind.String when Length > 0 => $"VARCHAR({Length})",
        SqlKind.Bytes when Length > 0 => $"VARBINARY({Length})",
        SqlKind.Time or SqlKind.Timestamp => $"{Kind.ToString().ToUpperInvariant()}({Length})",
        SqlKind.TimestampLtz => $"TIMESTAMP_LTZ({Length})",
        SqlKind.IntervalMonths => "INTERVAL YEAR TO MONTH",
        SqlKind.IntervalTime => "INTERVAL DAY TO SECOND",
        SqlKind.Array => $"ARRAY<{Element}>",
        SqlKind.Multiset => $"MULTISET<{Element}>",
        SqlKind.Map => $"MAP<{Element}, {Fields[1].Type}>",
        SqlKind.Row => $"ROW<{string.Join(", ", Fields.Select(f => $"{f.Name} {f.Type}"))}>",
        _ => Kind.ToString().ToUpperInvariant(),
    };

    private sealed class CarrierType : ICarrier<Type>
    {
        public static readonly CarrierType Instance = new();

        public Type Of<T>() => typeof(T);
    }
}

/// <summary>A field of a <c>ROW</c>, or a part of another type that is made of types.</summary>
public sealed record RowField(string Name, SqlType Type);
