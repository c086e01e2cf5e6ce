using System.Text.RegularExpressions;
using Serverless.Engine.Expressions.Patterns;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Kafka;

/// <summary>The topics of a <c>kafka</c> table with <c>topic-pattern</c>: those whose whole names match, as in Java.</summary>
internal sealed class TopicPattern
{
    /// <summary>The option with the pattern.</summary>
    public const string Option = "topic-pattern";

    /// <summary>The option that says how often topics are looked for.</summary>
    public const string Interval = "scan.topic-partition-discovery.interval";

    private const int PartitionBits = 11;

    private readonly Regex _regex;

    /// <summary>Makes one.</summary>
    /// <param name="pattern">The pattern; it has been checked.</param>
    public TopicPattern(string pattern) => (Text, _regex) = (pattern, JavaPattern.Compile($"^(?:{pattern})$"));

    /// <summary>The pattern.</summary>
    public string Text { get; }

    /// <summary>Whether a table has one.</summary>
    public static bool IsOf(TableDefinition table) => table.Options.TryGet(out _, Option);

    /// <summary>Returns what is wrong with a pattern; null if nothing is.</summary>
    public static string? Check(string pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern))
            return "must not be empty";
        try
        {
            JavaPattern.Compile(pattern);
            return null;
        }
        catch (FormatException e)
        {
            return $"must be a regular expression: {e.Message}";
        }
    }

    /// <summary>Whether a topic is one of them. The brokers' own topics are none.</summary>
    public bool Matches(string topic) => !topic.StartsWith("__", StringComparison.Ordinal) && _regex.IsMatch(topic);

    /// <summary>
    /// The number of a topic's partition among those of all topics. It follows from the name alone, so that the order of records does, whichever topic was found first.
    /// </summary>
    /// <exception cref="ConnectorException">The partition's own number is too large.</exception>
    public static int NumberOf(RecordPlace place) => place.Partition < 1 << PartitionBits
        ? (int)((StableHash.Of(place.Topic) & ((1u << (31 - PartitionBits)) - 1)) << PartitionBits) | place.Partition
        : throw new ConnectorException($"topic '{place.Topic}' has more than {1 << PartitionBits} partitions: name it in 'topic' instead of '{Option}'");

    /// <summary>Makes sure that the partitions of two topics have numbers of their own.</summary>
    /// <exception cref="ConnectorException">They have not.</exception>
    public static void RequireApart(string topic, IEnumerable<string> others)
    {
        var number = NumberOf(new RecordPlace(topic, 0));
        if (others.FirstOrDefault(o => NumberOf(new RecordPlace(o, 0)) == number) is { } other)
            throw new ConnectorException($"the topics '{other}' and '{topic}' cannot be told apart by their numbers: name the topics in 'topic' instead of '{Option}'");
    }
}
