using Confluent.Kafka;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Kafka;

/// <summary>What Kafka's client knows of a record beside its value.</summary>
internal static class KafkaMetadata
{
    /// <summary>Returns the record with its headers, its leader's epoch and the kind of its timestamp.</summary>
    public static Record WithMetadata<TKey, TValue>(this Record record, ConsumeResult<TKey, TValue> result) => record with
    {
        Headers = result.Message.Headers is { Count: > 0 } headers ? [.. headers.Select(h => new RecordHeader(h.Key, h.GetValueBytes()))] : null,
        LeaderEpoch = result.LeaderEpoch,
        TimestampType = result.Message.Timestamp.Type switch
        {
            Confluent.Kafka.TimestampType.CreateTime => "CreateTime",
            Confluent.Kafka.TimestampType.LogAppendTime => "LogAppendTime",
            _ => null,
        },
    };
}
