using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Kafka;

/// <summary>Looks for a topic, and for what a topic that is not there may have been meant to be.</summary>
internal static class TopicSearch
{
    private const int MostNames = 5;

    /// <summary>Returns the topic; null if it is not there.</summary>
    /// <exception cref="KafkaException">The brokers did not answer, or do not tell this user.</exception>
    public static TopicMetadata? Find(IAdminClient admin, string topic, TimeSpan patience)
    {
        var found = admin.GetMetadata(topic, patience).Topics.Find(t => t.Topic == topic);
        if (found is null || found.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable)
            return null;
        if (found.Error.IsError)
            throw new KafkaException(found.Error);
        return found.Partitions.Count == 0 ? null : found;
    }

    /// <summary>Says that a topic is not there, and the names of topics that are.</summary>
    public static string Missing(IAdminClient admin, KafkaSettings settings, TimeSpan patience) =>
        $"topic '{settings.Topic}' is not there, at {settings.BootstrapServers}; {Names(admin, settings.Topic, patience)}";

    /// <summary>Returns a topic's id, which is another one when the topic is made anew; null if the brokers are too old to have one.</summary>
    /// <exception cref="KafkaException">The brokers did not answer.</exception>
    public static string? IdOf(IAdminClient admin, string topic, TimeSpan patience)
    {
        var request = admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = patience });
        var id = request.GetAwaiter().GetResult().TopicDescriptions.Find(t => t.Name == topic)?.TopicId;
        return id is null || (id.MostSignificantBits, id.LeastSignificantBits) == (0, 0) ? null : id.ToString();
    }

    private static string Names(IAdminClient admin, string topic, TimeSpan patience)
    {
        try
        {
            // The brokers' own topics begin so.
            var names = admin.GetMetadata(patience).Topics.Select(t => t.Topic).Where(n => n != topic && !n.StartsWith("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            if (Spelling.Nearest(topic, names) is { } near)
                return $"did you mean '{near}'?";
            return names.Count switch
            {
                0 => "there is no topic that this user may see",
                <= MostNames => $"there are {string.Join(", ", names.Select(n => $"'{n}'"))}",
                _ => $"there are {string.Join(", ", names.Take(MostNames).Select(n => $"'{n}'"))} and {names.Count - MostNames} more",
            };
        }
        catch (KafkaException)
        {
            return "which topics there are, the brokers do not say";
        }
    }
}
