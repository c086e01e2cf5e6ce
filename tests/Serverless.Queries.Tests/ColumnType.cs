namespace Serverless.Queries.Tests;

/// <summary>The kinds of types that random queries use.</summary>
internal enum Kind
{
    Int,
    BigInt,
    Decimal,
    Double,
    Text,
    Boolean,
    Date,
    Timestamp,
}

/// <summary>A type, as both dialects write it.</summary>
internal sealed record ColumnType(Kind Kind, int Precision = 18, int Scale = 3)
{
    public Sql Sql => Kind switch
    {
        Kind.Int => new Sql("INT", "INTEGER"),
        Kind.BigInt => "BIGINT",
        Kind.Decimal => $"DECIMAL({Precision}, {Scale})",
        Kind.Double => "DOUBLE",
        Kind.Text => new Sql("STRING", "VARCHAR"),
        Kind.Boolean => "BOOLEAN",
        Kind.Date => "DATE",
        _ => new Sql("TIMESTAMP(3)", "TIMESTAMP"),
    };

    public bool IsNumeric => Kind is Kind.Int or Kind.BigInt or Kind.Decimal or Kind.Double;
}

/// <summary>A column of a table or query.</summary>
internal sealed record QueryColumn(string Name, ColumnType Type);
