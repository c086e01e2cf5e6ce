using System.Text;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

/// <summary>Reads dead-letter topics.</summary>
internal static class LetterTopic
{
    /// <summary>All letters of a topic that the embedded broker has made: headers and value.</summary>
    public static List<string> Read(string brokers, string topic)
    {
        var config = new ConsumerConfig { BootstrapServers = brokers, GroupId = "letters", EnablePartitionEof = true };
        using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
        consumer.Assign(Enumerable.Range(0, EmbeddedBroker.DefaultPartitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var letters = new List<string>();
        for (var open = EmbeddedBroker.DefaultPartitions; open > 0;)
        {
            var result = consumer.Consume(TestContext.Current.CancellationToken);
            if (result.IsPartitionEOF)
                open--;
            else
                letters.Add($"{string.Join(", ", result.Message.Headers.Select(h => $"{h.Key}={Encoding.UTF8.GetString(h.GetValueBytes())}"))} | {result.Message.Value}");
        }
        return letters;
    }
}
