using Serverless.Engine.Ingest;

namespace Serverless.Engine.Formats;

/// <summary>Decodes changes as Maxwell writes them: of a changed row, the fields that were different.</summary>
internal sealed class MaxwellDecoder(ChangelogJsonFormat format, IReadOnlyList<SourceField> fields, TimeZoneInfo zone) : ChangelogJsonDecoder(format, fields, zone)
{
    protected override void Change(ReadOnlySpan<byte> utf8)
    {
        var found = JsonFields.Find(utf8, "data", "old", "type");
        var type = JsonFields.TextOf(utf8[found[2]]);
        if (type is "bootstrap-start" or "bootstrap-complete")
            return;
        var data = utf8[found[0]];
        if (type is not ("insert" or "bootstrap-insert" or "update" or "delete"))
            throw Unknown("type", type);
        if (data.IsEmpty)
            throw new DecodeException("the change has no 'data'");
        if (type != "update")
            Add(data, type == "delete" ? -1 : 1);
        else if (utf8[found[1]] is { IsEmpty: false } old)
            Replace(data, old);
        else
            throw new DecodeException("the change has no 'old'");
    }
}
