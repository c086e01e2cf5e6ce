using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Durable.Tests;

/// <summary>How far several sources are read, beside states that know of one.</summary>
public sealed class SourcePartitionTests
{
    [Fact]
    public void A_state_of_one_source_is_read_and_written_as_before_there_were_several()
    {
        const string Stored = """{"Until":{},"Gaps":[],"Watched":{},"Progress":[],"Standstills":{},"Marks":{"7":[{"At":"2026-01-01T00:00:00+00:00","Next":5,"Until":"2026-01-01T00:00:00+00:00"}]},"Checks":{"7":{"Partition":7,"Next":5,"From":-1,"Round":2}}}""";
        var state = JsonSerializer.Deserialize(Stored, DurableJson.Default.JobState)!;
        Assert.Equal(5, state.Marks[new SourcePartition(0, 7)][0].Next);
        Assert.Equal(2, state.Checks[new SourcePartition(0, 7)].Round);
        var written = JsonSerializer.SerializeToNode(state, DurableJson.Default.JobState)!;
        Assert.All(["Marks", "Checks"], (string part) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Stored)![part], written[part]), written[part]!.ToJsonString()));
    }

    [Fact]
    public void Partitions_of_one_number_of_two_sources_have_marks_and_standstills_of_their_own()
    {
        var state = new JobState();
        for (var minute = 0; minute < 12; minute++)
            state.Take(
                new PositionMark(
                    EntityWorld.Start.AddMinutes(minute),
                    new Dictionary<SourcePartition, long> { [new(0, 3)] = minute, [new(1, 3)] = 7 },
                    5,
                    new Dictionary<SourcePartition, long> { [new(0, 3)] = minute, [new(1, 3)] = 12 }),
                DurableTimes.Default);
        state = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(state, DurableJson.Default.JobState), DurableJson.Default.JobState)!;

        Assert.Equal([11, 7], [.. Enumerable.Range(0, 2).Select(source => state.Marks[new SourcePartition(source, 3)][^1].Next)]);
        Assert.Equal((1, 3), state.StandingStill(DurableTimes.Default, EntityWorld.Start.AddMinutes(12)).Select(s => (s.Source, s.Partition)).Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.2.3")]
    public void A_text_that_is_no_partition_is_refused(string text) => Assert.Throws<FormatException>(() => SourcePartition.Parse(text));
}
