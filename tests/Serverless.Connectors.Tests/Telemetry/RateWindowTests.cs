using Serverless.Connectors.Telemetry;

namespace Serverless.Connectors.Tests.Telemetry;

public sealed class RateWindowTests
{
    private readonly RateWindow _rate = new(TimeSpan.FromSeconds(30));

    [Fact]
    public void What_all_partitions_have_come_on_since_the_first_sample_is_the_rate()
    {
        Assert.Null(Add(0, (0, 100), (1, 7)));
        Assert.Equal(5, Add(4, (0, 110), (1, 17)));
        Assert.Equal(2.5, Add(8, (0, 110), (1, 17)));
    }

    [Fact]
    public void Samples_older_than_the_window_do_not_count_and_nothing_is_known_after_twice_as_long()
    {
        Add(0, (0, 0));
        Add(20, (0, 1000));
        Assert.Equal(0, Add(40, (0, 1000)));
        Assert.Null(Add(101, (0, 5000)));
    }

    [Fact]
    public void A_partition_that_was_not_there_or_begins_anew_adds_nothing()
    {
        Add(0, (0, 1000));
        Assert.Equal(0, Add(10, (0, 3), (1, 500)));
    }

    [Fact]
    public void Many_who_ask_within_a_moment_see_one_rate()
    {
        _rate.Add(TimeSpan.Zero, 0);
        for (var i = 1; i <= 1000; i++)
            Assert.Equal(1000, _rate.Add(TimeSpan.FromMilliseconds(i), i)!.Value, 3);
    }

    private double? Add(int second, params (int Partition, long Position)[] positions) =>
        _rate.Add(TimeSpan.FromSeconds(second), positions.ToDictionary(p => p.Partition, p => p.Position));
}
