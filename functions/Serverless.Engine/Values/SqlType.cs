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

    /// <summary><c>ROW&lt;…&gt;</c>: only its fields are ever carried.</summary>
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

    /// <summary>The fields of a <c>ROW</c>; empty otherwise.</summary>
    public ValueList<RowField> Fields { get; init; } = [];

    /// <summary>Whether it is one of <c>TINYINT</c>, <c>SMALLINT</c>, <c>INT</c>, <c>BIGINT</c>.</summary>
    public bool IsInteger => Kind is SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt;

    /// <summary>Whether it is carried as <see cref="Number"/>.</summary>
    public bool IsNumber => Kind is SqlKind.Decimal or SqlKind.Float or SqlKind.Double;

    /// <summary>Whether it is a number of any kind.</summary>
    public bool IsNumeric => IsInteger || IsNumber;

    /// <summary>The CLR type that carries a value that may be null: <c>long?</c>, <c>string</c>, <c>Number?</c>…</summary>
    public Type ClrType => Kind switch
    {
        SqlKind.Boolean => typeof(bool?),
        SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => typeof(long?),
        SqlKind.Decimal or SqlKind.Float or SqlKind.Double => typeof(Number?),
        SqlKind.String or SqlKind.Null => typeof(string),
        SqlKind.Bytes => typeof(byte[]),
        SqlKind.Date => typeof(DateOnly?),
        SqlKind.Time => typeof(TimeOnly?),
        SqlKind.Timestamp => typeof(DateTime?),
        SqlKind.TimestampLtz => typeof(DateTimeOffset?),
        _ => throw new InvalidOperationException($"{this} has no values of its own"),
    };

    /// <summary>The type as SQL writes it.</summary>
    public override string ToString() => Kind switch
    {
        SqlKind.Decimal => $"DECIMAL({Length}, {Scale})",
        SqlKind.String when Length > 0 => $"VARCHAR({Length})",
        SqlKind.Bytes when Length > 0 => $"VARBINARY({Length})",
        SqlKind.Time or SqlKind.Timestamp => $"{Kind.ToString().ToUpperInvariant()}({Length})",
        SqlKind.TimestampLtz => $"TIMESTAMP_LTZ({Length})",
        _ => Kind.ToString().ToUpperInvariant(),
    };
}

/// <summary>A field of a <c>ROW</c>.</summary>
public sealed record RowField(string Name, SqlType Type);
