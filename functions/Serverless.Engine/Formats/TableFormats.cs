using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;

namespace Serverless.Engine.Formats;

/// <summary>What the options of a table say of the formats of its records.</summary>
public static class TableFormats
{
    /// <summary>The formats there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["json", "csv", "raw", "avro", "avro-confluent", "debezium-json", "canal-json", "maxwell-json"];

    /// <summary>Returns the name of a table's format of values.</summary>
    public static string NameOf(TableDefinition table) => Value(table, "format", "value.format").ToLowerInvariant() switch
    {
        "" or "json-registry" => "json",
        var name => name,
    };

    /// <summary>Returns the name of a table's format of keys; null without one.</summary>
    public static string? KeyNameOf(TableDefinition table) => Value(table, "key.format").ToLowerInvariant() switch
    {
        "" => null,
        "json-registry" => "json",
        var name => name,
    };

    /// <summary>Returns who writes the changes of a format; null if it has none.</summary>
    public static ChangelogJson? ChangelogOf(string name) => name switch
    {
        "debezium-json" => ChangelogJson.Debezium,
        "canal-json" => ChangelogJson.Canal,
        "maxwell-json" => ChangelogJson.Maxwell,
        _ => null,
    };

    /// <summary>Returns how the records of a table are decoded.</summary>
    /// <param name="table">The table.</param>
    /// <param name="isUpsert">Whether the last record of a key is its row.</param>
    public static IRecordFormat Of(TableDefinition table, bool isUpsert)
    {
        var keys = KeyColumnsOf(table, isUpsert);
        var value = Of(table, NameOf(table), ["value.", ""], ValueColumnsOf(table, isUpsert));
        return keys.Count == 0 || KeyNameOf(table) is not { } name ? value
            : new KeyedFormat(Of(table, name, ["key."], [.. keys.Select(k => WithoutPrefix(table, k))]), new([.. keys.Select(k => k.Name)]), Value(table, "key.fields-prefix"), value, isUpsert);
    }

    /// <summary>Returns the columns that the key of a table's records holds.</summary>
    /// <param name="table">The table.</param>
    /// <param name="isUpsert">Whether they are the primary key's.</param>
    public static IReadOnlyList<TableColumn> KeyColumnsOf(TableDefinition table, bool isUpsert)
    {
        if (isUpsert)
            return [.. table.PrimaryKey.Select(k => table.Columns[k])];
        var names = Value(table, "key.fields").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. names.Select(n => table.Columns.FirstOrDefault(c => c.Name == n)).OfType<TableColumn>()];
    }

    /// <summary>Returns the columns that the value of a table's records holds.</summary>
    /// <inheritdoc cref="KeyColumnsOf" path="/param" />
    public static IReadOnlyList<TableColumn> ValueColumnsOf(TableDefinition table, bool isUpsert) =>
        Value(table, "value.fields-include").Equals("EXCEPT_KEY", StringComparison.OrdinalIgnoreCase)
            ? [.. table.Columns.Except(KeyColumnsOf(table, isUpsert))]
            : table.Columns;

    /// <summary>Returns a column of the key as the key names it.</summary>
    public static TableColumn WithoutPrefix(TableDefinition table, TableColumn column) =>
        Value(table, "key.fields-prefix") is var prefix && column.Name.StartsWith(prefix, StringComparison.Ordinal) ? column with { Name = column.Name[prefix.Length..] } : column;

    internal static JsonFormat JsonOf(TableDefinition table, string format, string[] prefixes)
    {
        return new JsonFormat(Is("ignore-parse-errors", "true"), Is("fail-on-missing-field", "true"), Is("timestamp-format.standard", "iso-8601")) { Name = prefixes is ["key."] ? $"key.{format}" : format };

        bool Is(string name, string value) => Option(table, $"{format}.{name}", prefixes)?.Trim().Equals(value, StringComparison.OrdinalIgnoreCase) == true;
    }

    internal static CsvFormat CsvOf(TableDefinition table, string[] prefixes, IReadOnlyList<TableColumn> columns)
    {
        var csv = new CsvFormat(new([.. columns.Select(c => c.Name)]))
        {
            NullLiteral = Of("null-literal"),
            AllowComments = Is("allow-comments"),
            IgnoreParseErrors = Is("ignore-parse-errors"),
            Escape = Of("escape-character") is [var escape, ..] ? escape : null,
            Quote = Is("disable-quote-character") ? null : Of("quote-character") is [var quote, ..] ? quote : '"',
        };
        return Of("field-delimiter") is { Length: > 0 } delimiter ? csv with { Delimiter = CharacterOf(delimiter) } : csv;

        string? Of(string name) => Option(table, $"csv.{name}", prefixes);
        bool Is(string name) => Of(name)?.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) == true;
    }

    internal static RawFormat RawOf(TableDefinition table, string[] prefixes) => new(
        Option(table, "raw.charset", prefixes) ?? "UTF-8", Option(table, "raw.endianness", prefixes)?.Equals("little-endian", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Returns a character as an option writes it, as Flink does: <c>\t</c> is a tabulator, <c>\u0001</c> the character of that number.</summary>
    public static char CharacterOf(string text) => text switch
    {
        "\\t" => '\t',
        "\\\\" => '\\',
        ['\\', 'u' or 'U', .. var code] when code.Length == 4 && ushort.TryParse(code, System.Globalization.NumberStyles.HexNumber, null, out var number) => (char)number,
        _ => text[0],
    };

    private static IRecordFormat Of(TableDefinition table, string name, string[] prefixes, IReadOnlyList<TableColumn> columns) => name switch
    {
        "csv" => CsvOf(table, prefixes, columns),
        "raw" => RawOf(table, prefixes),
        "avro" or "avro-confluent" => new AvroFormat(AvroSchema.Of(columns), name == "avro-confluent"),
        "debezium-json" => new ChangelogJsonFormat(ChangelogJson.Debezium, JsonOf(table, name, prefixes), Option(table, "debezium-json.schema-include", prefixes)?.Equals("true", StringComparison.OrdinalIgnoreCase) == true),
        "canal-json" => new ChangelogJsonFormat(
            ChangelogJson.Canal, JsonOf(table, name, prefixes), false, Option(table, "canal-json.database.include", prefixes), Option(table, "canal-json.table.include", prefixes)),
        "maxwell-json" => new ChangelogJsonFormat(ChangelogJson.Maxwell, JsonOf(table, name, prefixes)),
        _ => JsonOf(table, "json", prefixes),
    };

    private static string? Option(TableDefinition table, string name, string[] prefixes) => table.Options.TryGet(out var option, [.. prefixes.Select(p => p + name)]) ? option.Value : null;

    private static string Value(TableDefinition table, params ReadOnlySpan<string> names) => table.Options.TryGet(out var option, names) ? option.Value.Trim() : "";
}
