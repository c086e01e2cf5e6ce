using Serverless.App.Http;

namespace Serverless.App.Tests;

public sealed class CommitRateTests
{
    private readonly CommitRate _rate = new();

    [Fact]
    public void What_all_partitions_have_come_on_since_the_first_look_is_the_rate()
    {
        Assert.Null(Add(0, (0, 100), (1, 7)));
        Assert.Equal(5, Add(4, (0, 110), (1, 17)));
        Assert.Equal(2.5, Add(8, (0, 110), (1, 17)));
    }

    [Fact]
    public void Looks_of_more_than_half_a_minute_ago_count_no_more()
    {
        Add(0, (0, 0));
        Add(20, (0, 1000));
        Assert.Equal(0, Add(40, (0, 1000)));
        Assert.Null(Add(100, (0, 5000)));
    }

    [Fact]
    public void A_partition_that_was_not_there_or_begins_anew_adds_nothing()
    {
        Add(0, (0, 1000));
        Assert.Equal(0, Add(10, (0, 3), (1, 500)));
    }

    private double? Add(int second, params (int Partition, long Position)[] positions) =>
        _rate.Add(TimeSpan.FromSeconds(second), positions.ToDictionary(p => p.Partition, p => p.Position));
}
