using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>Where a job's state began to read its sources.</summary>
/// <param name="topics">By topic; of null, every topic: what a former version stored does not say which one it is, or nothing, and then all may have been read.</param>
internal sealed class SourceStarts(IReadOnlyList<(string? Topic, StartOffsets Offsets)> topics)
{
    /// <summary>Where one begins that has read nothing.</summary>
    public static SourceStarts None { get; } = new([]);

    /// <summary>Returns where it began to read a topic; null if it has not.</summary>
    public StartOffsets? Of(string topic) => topics.FirstOrDefault(t => t.Topic is null || t.Topic == topic).Offsets;

    /// <summary>Returns this with where it began to read one more topic.</summary>
    public SourceStarts With(string topic, StartOffsets offsets) => new([.. topics, (topic, offsets)]);

    /// <summary>Returns the records of a topic that former states have read, or may have, and this one does not.</summary>
    /// <param name="topic">The topic, which this one reads.</param>
    /// <param name="formers">Where the former ones began; one that read no such topic lacks nothing of it.</param>
    public IReadOnlyList<(int Partition, long From, long To)> MissingOf(string topic, IEnumerable<SourceStarts> formers) =>
        EpochRule.MissingOf(Of(topic)!, formers.Select(f => f.Of(topic)).OfType<StartOffsets>());

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Join('\n', topics.Select(t => t.Topic is null ? t.Offsets.ToString() : $"{t.Topic}\t{t.Offsets}"));

    /// <summary>Reads back what <see cref="ToString"/> gave.</summary>
    public static SourceStarts Parse(string text) => new([.. text.Split('\n').Select(line =>
    {
        var tab = line.LastIndexOf('\t');
        return (tab < 0 ? null : line[..tab], StartOffsets.Parse(line[(tab + 1)..]));
    })]);
}
