using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Databases;

/// <summary>Tables as the options of a script would make them.</summary>
internal static class SinkTables
{
    /// <summary>Every type there is, the names being <c>c0</c>, <c>c1</c>…</summary>
    public static SqlType[] EveryType { get; } =
    [
        SqlType.Boolean, SqlType.TinyInt, SqlType.SmallInt, SqlType.Int, SqlType.BigInt, SqlType.Decimal(10, 2), SqlType.Decimal(38, 30), SqlType.Decimal(38, 0),
        SqlType.Float, SqlType.Double, new(SqlKind.String, 10), new(SqlKind.String, 20_000), new(SqlKind.String, int.MaxValue), SqlType.String, new(SqlKind.Bytes, 10),
        new(SqlKind.Bytes, 20_000), SqlType.Bytes, SqlType.Date, SqlType.Time(), SqlType.Time(3), SqlType.Time(9), SqlType.Timestamp(0), SqlType.Timestamp(3),
        SqlType.Timestamp(), SqlType.Timestamp(9), SqlType.TimestampLtz(0), SqlType.TimestampLtz(3), SqlType.TimestampLtz(), SqlType.TimestampLtz(9),
    ];

    /// <summary>Types that a key may be of.</summary>
    public static SqlType[] EveryKeyType { get; } =
    [
        SqlType.Boolean, SqlType.TinyInt, SqlType.SmallInt, SqlType.Int, SqlType.BigInt, SqlType.Decimal(38, 2), new(SqlKind.String, 10), new(SqlKind.String, 2000), SqlType.String,
        SqlType.String, SqlType.String, SqlType.String, new(SqlKind.Bytes, 10), SqlType.Bytes, SqlType.Date, SqlType.Time(3), SqlType.Timestamp(), SqlType.TimestampLtz(3),
    ];

    /// <summary>A table with a column per type; of the first <paramref name="keys"/> of them is the key.</summary>
    public static SinkTable Of(SqlType[] types, int keys, string name = "t", bool notNull = false) =>
        Make([.. types.Select((t, i) => new TableColumn($"c{i}", t, notNull))], [.. Enumerable.Range(0, keys)], name);

    /// <summary>A table.</summary>
    public static SinkTable Make(TableColumn[] columns, int[] key, string name = "t", string? schema = null) =>
        new(Tables.Make(columns, key, name: name), schema, name) { MaxRows = 100 };

    /// <summary>The table that most tests here are about: <c>appkey</c> and <c>dt</c>, the key, and <c>amount</c>.</summary>
    public static SinkTable Consume(string? schema = null) =>
        Make([new("appkey", SqlType.String, false), new("dt", SqlType.Date, false), new("amount", SqlType.Double, false)], [0, 1], "consume", schema);
}
