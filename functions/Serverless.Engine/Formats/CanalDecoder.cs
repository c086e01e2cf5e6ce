using System.Text.RegularExpressions;
using Serverless.Engine.Ingest;

namespace Serverless.Engine.Formats;

/// <summary>Decodes changes as Canal writes them: several rows in one, and of a changed row the fields that were different.</summary>
internal sealed class CanalDecoder(ChangelogJsonFormat format, IReadOnlyList<SourceField> fields, TimeZoneInfo zone) : ChangelogJsonDecoder(format, fields, zone)
{
    private static readonly TimeSpan PatternPatience = TimeSpan.FromSeconds(1);

    private readonly Regex? _database = Pattern(format.Database);
    private readonly Regex? _table = Pattern(format.Table);

    protected override void Change(ReadOnlySpan<byte> utf8)
    {
        var found = JsonFields.Find(utf8, "data", "old", "type", "database", "table", "isDdl");
        if (!IsIncluded(_database, utf8[found[3]]) || !IsIncluded(_table, utf8[found[4]]) || utf8[found[5]].SequenceEqual("true"u8))
            return;
        var type = JsonFields.TextOf(utf8[found[2]]);
        var data = utf8[found[0]];
        if (type is "CREATE")
            return;
        if (type is not ("INSERT" or "UPDATE" or "DELETE"))
            throw Unknown("type", type);
        if (data.IsEmpty)
            throw new DecodeException("the change has no 'data'");
        var rows = JsonFields.ItemsOf(data);
        var old = type == "UPDATE" ? utf8[found[1]] : default;
        if (type == "UPDATE" && old.IsEmpty)
            throw new DecodeException("the change has no 'old'");
        var olds = type == "UPDATE" ? JsonFields.ItemsOf(old) : rows;
        if (olds.Count != rows.Count)
            throw new DecodeException($"'old' has {olds.Count} rows, and 'data' {rows.Count}");
        for (var i = 0; i < rows.Count; i++)
            if (type == "UPDATE")
                Replace(data[rows[i]], old[olds[i]]);
            else
                Add(data[rows[i]], type == "INSERT" ? 1 : -1);
    }

    private static bool IsIncluded(Regex? pattern, ReadOnlySpan<byte> name) => pattern is null || pattern.IsMatch(JsonFields.TextOf(name) ?? "");

    private static Regex? Pattern(string? text) => text is null ? null : new Regex($"^(?:{text})$", RegexOptions.CultureInvariant, PatternPatience);
}
