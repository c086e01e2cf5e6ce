using System.Globalization;
using System.Text.Json;
using Serverless.Engine.Formats;
using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>What a script can say to read a field that cannot be what its column's type says; only what would read the very value.</summary>
internal static class FieldRemedy
{
    private const long FirstMillisecond = 100_000_000_000;
    private const long FirstMicrosecond = 1000 * FirstMillisecond;
    private const long FirstNanosecond = 1000 * FirstMicrosecond;

    /// <summary>The remedy behind the reason, or nothing, for a number where a time is expected.</summary>
    public static string OfNumber(string field, SqlType type, ReadOnlySpan<byte> number)
    {
        if (type.Kind is not (SqlKind.Timestamp or SqlKind.TimestampLtz) || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return "";
        var (unit, time) = value switch
        {
            < FirstMillisecond => ("seconds", $"TO_TIMESTAMP_LTZ({field}, 0)"),
            < FirstMicrosecond => ("milliseconds", $"TO_TIMESTAMP_LTZ({field}, 3)"),
            < FirstNanosecond => ("microseconds", $"TO_TIMESTAMP_LTZ({field} / 1000, 3)"),
            _ => ("nanoseconds", $"TO_TIMESTAMP_LTZ({field} / 1000000, 3)"),
        };
        return $"; it looks like {unit} since 1970: make the column BIGINT, and a time of it in the query, {time}";
    }

    /// <summary>The remedy behind the reason, or nothing, for a text where a time is expected.</summary>
    public static string OfText(string text, SqlType type, JsonFormat format)
    {
        var endsWithZ = text.EndsWith('Z');
        if (type.Kind is not (SqlKind.Timestamp or SqlKind.TimestampLtz) || text.Length <= 10 || !Temporal.TryParseTimestamp(endsWithZ ? text[..^1] : text, out _))
            return "";
        var steps = new List<string>();
        var isIso = text.Contains('T', StringComparison.Ordinal);
        if (isIso != format.IsoTimestamps)
            steps.Add($"set '{format.Name}.timestamp-format.standard' = '{(isIso ? "ISO-8601" : "SQL")}'");
        if (endsWithZ && type.Kind == SqlKind.Timestamp)
            steps.Add($"make the column TIMESTAMP_LTZ({type.Length}), which takes the Z");
        return steps.Count == 0 ? "" : $"; {string.Join(", and ", steps)}";
    }

    /// <summary>The remedy behind the reason, or nothing, for a field that a record does not have: it may have one whose letters are others.</summary>
    /// <param name="field">The field.</param>
    /// <param name="utf8">The record, a JSON object.</param>
    public static string OfAbsent(SourceField field, ReadOnlySpan<byte> utf8)
    {
        var name = field.Path[0];
        string? other;
        try
        {
            var names = JsonFields.NamesOf(utf8);
            other = names.Contains(name) ? null : names.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }

        return other is null ? "" : $"; the record has '{other}', and names are told apart by their case: name the column `{other}`";
    }
}
