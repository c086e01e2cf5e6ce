namespace Serverless.Connectors;

/// <summary>Which topic a state was made from and how far it was read, which distinguishes that topic from another one of the same name.</summary>
/// <param name="Id">The topic's id; null if the brokers have none to tell (before Kafka 2.8).</param>
/// <param name="Next">Behind the last record read, by partition.</param>
public sealed record TopicIdentity(string? Id, IReadOnlyDictionary<int, long> Next)
{
    /// <summary>Returns why a topic cannot be the one that the state is made of, with what to do; null if it can.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="id">Its id; null if that is not known.</param>
    /// <param name="ends">Behind the last record of each of its partitions; those that are not known are left out.</param>
    public string? Mismatch(string topic, string? id, IReadOnlyDictionary<int, long> ends)
    {
        if (Id is not null && id is not null && Id != id)
            return Remedy(topic, $"it has another id ({id}) than the one that was read ({Id})");
        foreach (var (partition, end) in ends.OrderBy(e => e.Key))
            if (Next.TryGetValue(partition, out var next) && end < next)
                return Remedy(topic, $"partition {partition} ends at offset {end}, and was read up to offset {next}");
        return null;
    }

    private static string Remedy(string topic, string evidence) =>
        $"topic '{topic}' was made anew: {evidence}; its records would be taken for known ones: set the option 'generation' of its table to another value, and the job starts anew";
}
