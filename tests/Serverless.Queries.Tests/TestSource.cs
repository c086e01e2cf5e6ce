using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Serverless.Queries.Tests;

/// <summary>A record of a source: its values by column, and where it stands.</summary>
internal sealed record TestRecord(int Partition, long Offset, long Timestamp, object?[] Values)
{
    public Record ToRecord(IReadOnlyList<QueryColumn> columns, Random random)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            for (var i = 0; i < columns.Count; i++)
            {
                var value = Values[i];
                // A missing field is NULL like one that is null.
                if (value is null && random.Next(2) == 0)
                    continue;
                json.WritePropertyName(columns[i].Name);
                switch (value)
                {
                    case null: json.WriteNullValue(); break;
                    case long number: json.WriteNumberValue(number); break;
                    case decimal number: json.WriteNumberValue(number); break;
                    case double number: json.WriteNumberValue(number); break;
                    case bool truth: json.WriteBooleanValue(truth); break;
                    default: json.WriteStringValue(TextOf(value)); break;
                }
            }

            json.WriteEndObject();
        }

        return new Record(Partition, Offset, Timestamp, stream.ToArray());
    }

    public static string TextOf(object? value) => value switch
    {
        null => "NULL",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}

/// <summary>A table that a query reads, with its records.</summary>
internal sealed record TestSource(string Name, IReadOnlyList<QueryColumn> Columns, IReadOnlyList<TestRecord> Records)
{
    /// <summary>DuckDB's column for the place of a record in the order of records.</summary>
    public const string Order = "_order";

    /// <summary>Whether its rows are versions: of what the first column says, from the time in the second one on.</summary>
    public bool IsVersioned { get; init; }

    public string Ddl =>
        $"CREATE TABLE {Name} ({string.Join(", ", Columns.Select(c => $"{c.Name} {c.Type.Sql.Flink}"))}{Versions}) WITH ('connector' = 'kafka', 'topic' = '{Name}', 'format' = 'json');";

    public string DuckDdl => $"CREATE OR REPLACE TABLE {Name} ({string.Join(", ", Columns.Select(c => $"{c.Name} {c.Type.Sql.Duck}"))}, {Order} BIGINT)";

    private string Versions => IsVersioned ? $", WATERMARK FOR {Columns[1].Name} AS {Columns[1].Name}, PRIMARY KEY ({Columns[0].Name}) NOT ENFORCED" : "";

    /// <summary>The records in their order: timestamp, partition, offset.</summary>
    public IEnumerable<TestRecord> InOrder => Records.OrderBy(r => r.Timestamp).ThenBy(r => r.Partition).ThenBy(r => r.Offset);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var record in InOrder)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Name} {record.Partition}@{record.Offset} {record.Timestamp}: {string.Join(" | ", record.Values.Select(TestRecord.TextOf))}");
        return text.ToString();
    }
}
