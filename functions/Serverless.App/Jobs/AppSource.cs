using Serverless.App.Triggers;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Registry;

namespace Serverless.App.Jobs;

/// <summary>A source of a job, and the function that the host calls with its records.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Trigger">What the trigger is told.</param>
/// <param name="ConsumerGroup">The consumer group that keeps the offsets.</param>
internal sealed record AppSource(string Function, KafkaTrigger Trigger, string ConsumerGroup)
{
    /// <summary>How the topic is reached; null if it cannot be read again.</summary>
    public KafkaSettings? Kafka { get; init; }

    /// <summary>Whether the records' keys are read.</summary>
    public bool ReadsKeys { get; init; }

    /// <summary>Gives records the schemas that they were written with; null if no registry has them.</summary>
    public RecordSchemas? Schemas { get; init; }

    /// <summary>Sees to it that the topic stays the same; null where nothing is known of it.</summary>
    public TopicGuard? Guard { get; init; }
}
