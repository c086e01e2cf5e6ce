using System.Collections.Frozen;

namespace Serverless.Engine.Sql;

/// <summary>What is said of a type that there is not.</summary>
internal static class TypeAdvice
{
    private static readonly FrozenDictionary<string, string> Elsewhere = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["BIT"] = "BOOLEAN",
        ["BLOB"] = "BYTES",
        ["BOOL"] = "BOOLEAN",
        ["BYTEA"] = "BYTES",
        ["CLOB"] = "STRING",
        ["DATETIME"] = "TIMESTAMP(3)",
        ["FLOAT64"] = "DOUBLE",
        ["INT2"] = "SMALLINT",
        ["INT32"] = "INT",
        ["INT4"] = "INT",
        ["INT64"] = "BIGINT",
        ["INT8"] = "BIGINT",
        ["JSON"] = "STRING",
        ["JSONB"] = "STRING",
        ["LONG"] = "BIGINT",
        ["LONGTEXT"] = "STRING",
        ["MONEY"] = "DECIMAL(19, 4)",
        ["NUMBER"] = "DECIMAL",
        ["NVARCHAR"] = "STRING",
        ["OBJECT"] = "ROW<…>, or STRING for its JSON",
        ["SERIAL"] = "BIGINT",
        ["SHORT"] = "SMALLINT",
        ["STRUCT"] = "ROW<…>",
        ["TEXT"] = "STRING",
        ["TIMESTAMPTZ"] = "TIMESTAMP_LTZ(3)",
        ["UUID"] = "STRING",
        ["VARCHAR2"] = "STRING",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the message.</summary>
    /// <param name="name">The type as written.</param>
    /// <param name="known">The types there are.</param>
    public static string Unknown(string name, IReadOnlyList<string> known) => Elsewhere.TryGetValue(name, out var here)
        ? $"unknown type '{name}'; in Flink SQL it is {here}"
        : $"unknown type '{name}'{(Spelling.Nearest(name, known) is { } near ? $"; did you mean {near}?" : $"; there are {string.Join(", ", known)}")}";
}
