namespace Serverless.Connectors.Databases.Common;

/// <summary>What a column of a database holds.</summary>
internal enum ColumnKind
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Whole numbers of <see cref="ColumnType.Length"/> bytes.</summary>
    Integer,

    /// <summary>Exact numbers of <see cref="ColumnType.Length"/> digits, <see cref="ColumnType.Scale"/> of them after the point.</summary>
    Decimal,

    /// <summary>Binary fractions of four bytes.</summary>
    Float,

    /// <summary>Binary fractions of eight bytes.</summary>
    Double,

    /// <summary>At most <see cref="ColumnType.Length"/> characters.</summary>
    Text,

    /// <summary>At most <see cref="ColumnType.Length"/> bytes.</summary>
    Bytes,

    /// <summary>Dates.</summary>
    Date,

    /// <summary>Times of day with <see cref="ColumnType.Length"/> digits of a second.</summary>
    Time,

    /// <summary>Dates with times, of no zone, with <see cref="ColumnType.Length"/> digits of a second.</summary>
    Timestamp,

    /// <summary>Instants, shown in a session's zone, with <see cref="ColumnType.Length"/> digits of a second.</summary>
    Instant,

    /// <summary>What no SQL type of a script stands for.</summary>
    Other,
}

/// <summary>A column's type, whatever its database calls it.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Length">How much of it, as the kind says; 0 for any number.</param>
/// <param name="Scale">Digits behind the point of a <see cref="ColumnKind.Decimal"/>.</param>
internal readonly record struct ColumnType(ColumnKind Kind, int Length = 0, int Scale = 0)
{
    /// <summary>Whether it holds no number below zero.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>Whether all its values are of one length.</summary>
    public bool IsFixed { get; init; }
}
