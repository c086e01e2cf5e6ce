using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Serverless.Local.Init;

/// <summary>What the values of one field of a sample have in common, and which type holds all of them.</summary>
/// <param name="name">The field's name.</param>
internal sealed partial class FieldSample(string name)
{
    private const int MostDistinct = 10_000;
    private const int WidestDecimal = 38;
    private const int UsualPrecision = 18;
    private const int LargestScale = 6;

    // A price of 12 may be 12.50 in the next event.
    private const int LeastScale = 2;

    private readonly HashSet<string> _distinct = [];
    private readonly Dictionary<string, int> _kinds = [];
    private int _integerDigits, _scale;

    /// <summary>The field's name.</summary>
    public string Name { get; } = name;

    /// <summary>How many values there are that are not null.</summary>
    public int Count { get; private set; }

    /// <summary>How many different values there are, up to a bound.</summary>
    public int Distinct => _distinct.Count;

    /// <summary>The fields of the objects that it holds, in the order in which they came.</summary>
    public List<FieldSample> Fields { get; } = [];

    /// <summary>Whether it holds objects alone.</summary>
    public bool IsRow => Is("object") && Fields.Count > 0;

    /// <summary>Whether no type can read it: it holds arrays, or only null or empty objects.</summary>
    public bool IsUnreadable => Count == 0 || _kinds.ContainsKey("array") || (Is("object") && Fields.Count == 0);

    /// <summary>Takes note of a value.</summary>
    public void Add(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return;
        Count++;
        var kind = KindOf(value);
        _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        if (kind == "object")
            foreach (var property in value.EnumerateObject())
                FieldOf(property.Name).Add(property.Value);
        else if (_distinct.Count < MostDistinct)
            _distinct.Add(value.GetRawText());
    }

    /// <summary>Returns the type; null if none reads the field.</summary>
    /// <param name="isIso">Whether timestamps are read as ISO 8601 has them.</param>
    public string? TypeOf(bool isIso)
    {
        if (IsUnreadable)
            return null;
        if (IsRow)
        {
            var fields = Fields.Select(f => (f.Name, Type: f.TypeOf(isIso))).Where(f => f.Type is not null).ToList();
            return fields.Count == 0 ? null : $"ROW<{string.Join(", ", fields.Select(f => $"{SqlName.Of(f.Name)} {f.Type}"))}>";
        }
        if (_kinds.Keys.All(k => k is "integer" or "decimal" or "double"))
            return _kinds.ContainsKey("double") || _integerDigits + Math.Max(_scale, LeastScale) > WidestDecimal || _scale > LargestScale ? "DOUBLE"
                : _kinds.ContainsKey("decimal") ? DecimalOf(Math.Max(_scale, LeastScale))
                : _integerDigits > UsualPrecision ? DecimalOf(0)
                : "BIGINT";
        return _kinds.Count > 1 ? "STRING" : _kinds.Keys.Single() switch
        {
            "boolean" => "BOOLEAN",
            "date" => "DATE",
            "time" => "TIME",
            "sql" when !isIso => "TIMESTAMP(3)",
            "sql-z" when !isIso => "TIMESTAMP_LTZ(3)",
            "iso" when isIso => "TIMESTAMP(3)",
            "iso-z" when isIso => "TIMESTAMP_LTZ(3)",
            _ => "STRING",
        };
    }

    private bool Is(string kind) => _kinds.Count == 1 && _kinds.ContainsKey(kind);

    private string DecimalOf(int scale) =>
        string.Create(CultureInfo.InvariantCulture, $"DECIMAL({(_integerDigits + scale <= UsualPrecision ? UsualPrecision : WidestDecimal)}, {scale})");

    private FieldSample FieldOf(string name)
    {
        if (Fields.Find(f => f.Name == name) is { } known)
            return known;
        var field = new FieldSample(name);
        Fields.Add(field);
        return field;
    }

    private string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => NumberKindOf(value.GetRawText()),
        JsonValueKind.String => TextKindOf(value.GetString()!),
        JsonValueKind.Array => "array",
        _ => "object",
    };

    private string NumberKindOf(string text)
    {
        if (text.AsSpan().IndexOfAny('e', 'E') >= 0)
            return "double";
        var point = text.IndexOf('.', StringComparison.Ordinal);
        _integerDigits = Math.Max(_integerDigits, (point < 0 ? text : text[..point]).TrimStart('-').Length);
        if (point < 0)
            return "integer";
        _scale = Math.Max(_scale, text.Length - point - 1);
        return "decimal";
    }

    private static string TextKindOf(string text)
    {
        if (Moment().Match(text) is not { Success: true } match || !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _))
            return "text";
        return !match.Groups["date"].Success ? "time"
            : !match.Groups["time"].Success ? "date"
            : (match.Groups["between"].Value == "T" ? "iso" : "sql") + (match.Groups["zone"].Success ? "-z" : "");
    }

    [GeneratedRegex(@"^(?=.)(?<date>\d{4}-\d\d-\d\d)?((?<between>(?<=\d)[ T]|^)(?<time>\d\d:\d\d:\d\d(\.\d{1,9})?)(?<zone>(?<=\d[ T].*)Z)?)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Moment();
}
