using Serverless.Engine.Formats;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Options;

/// <summary>The options of the formats of records.</summary>
internal static class FormatOptions
{
    /// <summary>The formats that are made of lines of text.</summary>
    public static readonly string[] OfLines = ["json", "csv", "raw", "debezium-json", "canal-json", "maxwell-json"];

    /// <summary>What every changelog format has in its name.</summary>
    private static readonly string[] Changelogs = ["debezium-json", "canal-json", "maxwell-json"];

    private static readonly string[] Known = [.. TableFormats.Names, "json-registry"];

    /// <summary>The options of a table whose records have a value only.</summary>
    public static IEnumerable<OptionRule> OfValue =>
    [
        OptionRule.Used("format", Format, "value.format") with { IsRequired = true },
        .. Rules("", "value."),
    ];

    /// <summary>The options of a record's key.</summary>
    public static IEnumerable<OptionRule> OfKey =>
    [
        OptionRule.Used("key.format", Format),
        OptionRule.Used("key.fields", OptionChecks.NotEmpty),
        OptionRule.Used("key.fields-prefix"),
        OptionRule.Used("value.fields-include", OptionChecks.OneOf("ALL", "EXCEPT_KEY")),
        .. Rules("key."),
    ];

    /// <summary>Checks what concerns several options.</summary>
    /// <param name="table">The table.</param>
    /// <param name="use">What it is used for.</param>
    /// <param name="isUpsert">Whether the key is the primary key.</param>
    /// <param name="diagnostics">Told what is wrong.</param>
    public static void Check(TableDefinition table, TableUse use, bool isUpsert, Diagnostics diagnostics)
    {
        var (value, key) = (TableFormats.NameOf(table), TableFormats.KeyNameOf(table));
        table.Options.TryGet(out var named, "format", "value.format");
        table.Options.TryGet(out var keyNamed, "key.format");
        if (named is null || Format(named.Value) is not null || (keyNamed is not null && Format(keyNamed.Value) is not null))
            return;
        if (Changelogs.Contains(value) && isUpsert)
            diagnostics.Error(named.ValueSpan, $"'{named.Name}' = '{value}' says itself what is added and removed; {(use == TableUse.Sink ? "write it to" : "read it from")} a 'kafka' table");
        if (use == TableUse.Sink && table.Options.TryGet(out var schema, "debezium-json.schema-include", "value.debezium-json.schema-include") && bool.TryParse(schema.Value, out var hasSchema) && hasSchema)
            diagnostics.Error(schema.ValueSpan, $"'{schema.Name}' can only be 'false' when a table is written, as in Flink");
        if (keyNamed is not null && Changelogs.Contains(key))
            diagnostics.Error(keyNamed.ValueSpan, $"a key is no change: '{keyNamed.Name}' cannot be '{key}'");
        foreach (var option in table.Options.All)
            if (FormatOf(option.Name) is { } other && other.Format != (other.IsKey ? key : value) && !(other.Format == "json" && (other.IsKey ? key : value) is null))
                diagnostics.Notice(option.NameSpan, $"'{option.Name}' is ignored: the format is '{(other.IsKey ? key ?? "none" : value)}'");
        CheckKey(table, key, keyNamed, isUpsert, diagnostics);
        if (diagnostics.HasErrors)
            return;
        CheckColumns(named, value, TableFormats.ValueColumnsOf(table, isUpsert), diagnostics);
        if (keyNamed is not null)
            CheckColumns(keyNamed, key!, TableFormats.KeyColumnsOf(table, isUpsert), diagnostics);
        foreach (var (format, prefix) in ((string?, string)[])[(value, ""), (key, "key.")])
            if (format == "avro-confluent" && RegistryOptions.Url(table, prefix.Length > 0) is null)
                diagnostics.Error(table.Span, $"'avro-confluent' of table '{table.Name}' needs the option '{prefix}avro-confluent.url', the address of the schema registry");
    }

    private static void CheckKey(TableDefinition table, string? key, TableOption? keyNamed, bool isUpsert, Diagnostics diagnostics)
    {
        table.Options.TryGet(out var fields, "key.fields");
        var hasPrefix = table.Options.TryGet(out var prefix, "key.fields-prefix");
        if (isUpsert && fields is not null)
            diagnostics.Error(fields.NameSpan, "'key.fields' cannot be used: the key of an 'upsert-kafka' table is its PRIMARY KEY");
        else if (fields is not null && key is null)
            diagnostics.Error(fields.NameSpan, "'key.fields' needs the option 'key.format'");
        else if (keyNamed is not null && fields is null && !isUpsert)
            diagnostics.Notice(keyNamed.NameSpan, "'key.format' is ignored: without 'key.fields' no column is of the key");
        foreach (var name in isUpsert ? [] : (fields?.Value ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (!table.Columns.Any(c => c.Name == name))
                diagnostics.Error(fields!.ValueSpan, $"'key.fields' names '{name}', which is no column of '{table.Name}'{Spelling.Suggestion(name, table.Columns.Select(c => c.Name))}");
        if (!hasPrefix || prefix!.Value.Length == 0)
            return;
        if (!table.Options.TryGet(out var include, "value.fields-include") || !include.Value.Equals("EXCEPT_KEY", StringComparison.OrdinalIgnoreCase))
            diagnostics.Error(prefix.NameSpan, "'key.fields-prefix' needs 'value.fields-include' = 'EXCEPT_KEY': the value has no fields of those names");
        if (TableFormats.KeyColumnsOf(table, isUpsert).FirstOrDefault(c => !c.Name.StartsWith(prefix.Value, StringComparison.Ordinal)) is { } column)
            diagnostics.Error(prefix.ValueSpan, $"'key.fields-prefix' is '{prefix.Value}', and the key's column '{column.Name}' does not begin so");
    }

    private static void CheckColumns(TableOption named, string format, IReadOnlyList<TableColumn> columns, Diagnostics diagnostics)
    {
        if (format == "raw" && (columns.Count != 1 || columns[0].Type.Kind is not (SqlKind.String or SqlKind.Bytes or SqlKind.Boolean or SqlKind.Float or SqlKind.Double) && !columns[0].Type.IsInteger))
            diagnostics.Error(
                named.ValueSpan,
                columns.Count == 1
                    ? $"in the format 'raw' a column is a STRING, BYTES, BOOLEAN or number, and '{columns[0].Name}' is {columns[0].Type}"
                    : $"the format 'raw' is one column's, and here are {columns.Count} ({string.Join(", ", columns.Select(c => c.Name))})");
        if (format == "csv" && columns.FirstOrDefault(c => c.Type.IsNested) is { } nested)
            diagnostics.Error(named.ValueSpan, $"a line of 'csv' has no place for '{nested.Name}', which is {nested.Type}; read it as a STRING");
    }

    private static IEnumerable<OptionRule> Rules(params string[] prefixes)
    {
        OptionRule Used(string name, Func<string, string?>? check) => OptionRule.Used(prefixes[0] + name, check, [.. prefixes.Skip(1).Select(p => p + name)]);
        IEnumerable<OptionRule> Ignored(string note, params string[] names) => OptionRule.Ignored(note, [.. prefixes.SelectMany(p => names.Select(n => p + n))]);
        OptionRule MustBeFalse(string name, string otherwise) => Used(name, value => value.Trim().Equals("false", StringComparison.OrdinalIgnoreCase) ? null : $"can only be 'false': {otherwise}");
        foreach (var json in (string[])["json", .. Changelogs])
        {
            yield return Used($"{json}.ignore-parse-errors", OptionChecks.Boolean);
            yield return Used($"{json}.timestamp-format.standard", OptionChecks.OneOf("SQL", "ISO-8601"));
            foreach (var rule in Ignored("maps have text for keys", $"{json}.map-null-key.mode", $"{json}.map-null-key.literal"))
                yield return rule;
            foreach (var rule in Ignored("decimals are always written plainly", $"{json}.encode.decimal-as-plain-number"))
                yield return rule;
        }

        yield return Used("json.fail-on-missing-field", OptionChecks.Boolean);
        yield return MustBeFalse("json.encode.ignore-null-fields", "a NULL is written as null");
        yield return Used("debezium-json.schema-include", OptionChecks.Boolean);
        yield return Used("canal-json.database.include", Pattern);
        yield return Used("canal-json.table.include", Pattern);
        foreach (var rule in Ignored("the JSON parser is ours", "json.decode.json-parser.enabled"))
            yield return rule;
        yield return Used("csv.field-delimiter", value => value.Length == 1 || value.StartsWith('\\') ? null : "must be one character, as in ';' or '\\t'");
        yield return Used("csv.quote-character", Character);
        yield return Used("csv.escape-character", Character);
        yield return Used("csv.disable-quote-character", OptionChecks.Boolean);
        yield return Used("csv.null-literal", null);
        yield return Used("csv.allow-comments", OptionChecks.Boolean);
        yield return Used("csv.ignore-parse-errors", OptionChecks.Boolean);
        foreach (var rule in Ignored("no field is a list", "csv.array-element-delimiter"))
            yield return rule;
        foreach (var rule in Ignored("numbers are always written plainly", "csv.write-bigdecimal-in-scientific-notation"))
            yield return rule;
        yield return Used("raw.charset", value => RawFormat.EncodingOf(value) is null ? "must be the name of a character set, such as 'UTF-8'" : null);
        yield return Used("raw.endianness", OptionChecks.OneOf("big-endian", "little-endian"));
        foreach (var rule in Ignored("a record is no file of blocks", "avro.codec"))
            yield return rule;
        yield return Used("avro.encoding", value => value.Equals("binary", StringComparison.OrdinalIgnoreCase) ? null : "can only be 'binary'");
        foreach (var rule in Ignored("milliseconds or microseconds, as the column's precision or the writer's schema says", "avro.timestamp_mapping.legacy"))
            yield return rule;
        foreach (var rule in RegistryOptions.Rules(prefixes))
            yield return rule;
    }

    private static (string Format, bool IsKey)? FormatOf(string option)
    {
        var isKey = option.StartsWith("key.", StringComparison.OrdinalIgnoreCase);
        var name = isKey ? option[4..] : option.StartsWith("value.", StringComparison.OrdinalIgnoreCase) ? option[6..] : option;
        return TableFormats.Names.FirstOrDefault(f => name.StartsWith(f + ".", StringComparison.OrdinalIgnoreCase)) is { } format ? (format, isKey) : null;
    }

    private static string? Format(string value) => Known.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase) ? null
        : $"is '{value}', and the formats there are: {string.Join(", ", TableFormats.Names)}";

    private static string? Character(string value) => value.Length == 1 ? null : "must be one character";

    private static string? Pattern(string value)
    {
        try
        {
            _ = new System.Text.RegularExpressions.Regex(value);
            return null;
        }
        catch (ArgumentException)
        {
            return "must be a regular expression";
        }
    }
}
