using Serverless.Engine.Ingest;

namespace Serverless.Engine.Formats;

/// <summary>Decodes changes as Debezium writes them.</summary>
internal sealed class DebeziumDecoder(ChangelogJsonFormat format, IReadOnlyList<SourceField> fields, TimeZoneInfo zone) : ChangelogJsonDecoder(format, fields, zone)
{
    protected override void Change(ReadOnlySpan<byte> utf8)
    {
        if (Format.HasSchema)
        {
            var payload = utf8[JsonFields.Find(utf8, "payload")[0]];
            utf8 = payload.IsEmpty ? throw new DecodeException("the record has no 'payload': leave 'debezium-json.schema-include' out") : payload;
        }

        var found = JsonFields.Find(utf8, "before", "after", "op");
        var before = utf8[found[0]];
        var after = utf8[found[1]];
        switch (JsonFields.TextOf(utf8[found[2]]))
        {
            case "c" or "r":
                Add(Needed(after, "after"), 1);
                break;
            case "u":
                Add(Needed(before, "before"), -1);
                Add(Needed(after, "after"), 1);
                break;
            case "d":
                Add(Needed(before, "before"), -1);
                break;
            case null when !JsonFields.Find(utf8, "payload")[0].Equals(default(Range)):
                throw new DecodeException("the record has its schema beside it: set 'debezium-json.schema-include' = 'true'");
            case var op:
                throw Unknown("op", op);
        }
    }

    private static ReadOnlySpan<byte> Needed(ReadOnlySpan<byte> row, string name) => !row.IsEmpty ? row
        : throw new DecodeException(name == "before"
            ? "the change has no 'before', so that the row that it takes away is not known: set REPLICA IDENTITY FULL for the table in PostgreSQL, or read the topic as 'upsert-kafka' with the new record's state extracted (ExtractNewRecordState)"
            : $"the change has no '{name}'");
}
