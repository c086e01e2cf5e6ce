using System.Globalization;
using Serverless.Connectors.Datagen;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Options;

/// <summary><c>datagen</c>: made-up rows.</summary>
internal sealed class DatagenConnector : Connector
{
    /// <summary>How many rows come in a second.</summary>
    public const string Rate = "rows-per-second";

    /// <summary>How many rows there are; without it they go on and on.</summary>
    public const string Rows = "number-of-rows";

    private const string Prefix = "fields.";
    private static readonly string[] Suffixes = ["kind", "min", "max", "max-past", "length", "var-len", "null-rate", "start", "end"];

    public override string Name => "datagen";

    public override bool IsSource => true;

    public override string WrongUse => "; it only makes rows";

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Used(Rate, OptionChecks.Count),
        OptionRule.Used(Rows, Number),
        OptionRule.Used("generation", OptionChecks.NotEmpty),
        .. OptionRule.Ignored(NoSubtasks, "scan.parallelism"),
    ];

    public override bool CheckOpenOption(TableOption option, Diagnostics diagnostics)
    {
        if (!option.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || SuffixOf(option.Name) is not { } suffix)
            return false;
        if (!Placeholders.IsIn(option.Value) && Check(suffix, option.Value) is { } wrong)
            diagnostics.Error(option.ValueSpan, $"'{option.Name}' {wrong}");
        return true;
    }

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (table.Columns.FirstOrDefault(c => c.Type.Kind is SqlKind.Array or SqlKind.Map or SqlKind.Multiset) is { } collection)
            diagnostics.Error(collection.Span, $"'datagen' makes no values of {collection.Type}; leave '{collection.Name}' out");
        foreach (var option in table.Options.All)
        {
            if (!option.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || SuffixOf(option.Name) is not { } suffix)
                continue;
            var path = option.Name[Prefix.Length..^(suffix.Length + 1)].Split('.');
            if (!table.Columns.Any(c => c.Name == path[0]))
                diagnostics.Error(option.NameSpan, $"'{option.Name}' is about '{path[0]}', which is no column of '{table.Name}'{(Spelling.Nearest(path[0], table.Columns.Select(c => c.Name)) is { } near ? $"; did you mean '{near}'?" : "")}");
            else if (suffix == "kind" && option.Value.Equals("sequence", StringComparison.OrdinalIgnoreCase))
                foreach (var other in (string[])["start", "end"])
                    if (!table.Options.TryGet(out _, $"{option.Name[..^"kind".Length]}{other}"))
                        diagnostics.Error(option.NameSpan, $"'{option.Name}' = 'sequence' needs the option '{option.Name[..^"kind".Length]}{other}'");
        }
    }

    /// <summary>What makes the columns' values, and the number of rows: the shortest sequence's, if there is one, or what the script says; null for no end.</summary>
    public static (IReadOnlyList<DatagenField> Fields, long? Count) FieldsOf(TableDefinition table, Func<string, string?> value)
    {
        var ends = new List<long>();
        var seed = 0UL;
        var fields = table.Columns.Select(c => Field(c.Name, c.Type, Prefix + c.Name)).ToList();
        if (value(Rows) is { } rows)
            ends.Add(long.Parse(rows, CultureInfo.InvariantCulture));
        return (fields, ends.Count == 0 ? null : ends.Min());

        DatagenField Field(string name, SqlType type, string path)
        {
            string? Of(string suffix) => value($"{path}.{suffix}") is { } text
                ? Check(suffix, text) is { } wrong ? throw new ConnectorException($"table '{table.Name}': '{path}.{suffix}' {wrong}") : text
                : null;
            decimal? Decimal(string suffix) => Of(suffix) is { } text && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
            long? start = null;
            if (Of("kind")?.Equals("sequence", StringComparison.OrdinalIgnoreCase) == true)
            {
                start = long.Parse(Of("start") ?? "0", CultureInfo.InvariantCulture);
                ends.Add(Math.Max(0, long.Parse(Of("end") ?? "0", CultureInfo.InvariantCulture) - start.Value + 1));
            }

            return new DatagenField(name, type, ++seed * 0xD1342543DE82EF95)
            {
                Start = start,
                Min = Decimal("min"),
                Max = Decimal("max"),
                Length = Of("length") is { } length ? int.Parse(length, CultureInfo.InvariantCulture) : type.Kind is SqlKind.String or SqlKind.Bytes && type.Length > 0 ? type.Length : DatagenField.DefaultLength,
                HasAnyLength = Of("var-len")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true,
                MaxPast = Of("max-past") is { } past && Durations.TryParse(past, out var most) ? most : TimeSpan.Zero,
                NullRate = (double?)Decimal("null-rate") ?? 0,
                Fields = [.. type.Fields.Select(f => Field(f.Name, f.Type, $"{path}.{f.Name}"))],
            };
        }
    }

    private static string? SuffixOf(string name) => Suffixes.FirstOrDefault(s => name.EndsWith("." + s, StringComparison.OrdinalIgnoreCase) && name.Length > Prefix.Length + s.Length + 1);

    private static string? Check(string suffix, string value) => suffix switch
    {
        "kind" => OptionChecks.OneOf("random", "sequence")(value),
        "max-past" => OptionChecks.Duration(value),
        "var-len" => OptionChecks.Boolean(value),
        "length" => OptionChecks.Count(value),
        "start" or "end" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "must be a whole number",
        "null-rate" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? null : "must be a number from 0 to 1",
        _ => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : "must be a number",
    };

    private static string? Number(string value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? null : "must be a whole number of at least 1";
}
