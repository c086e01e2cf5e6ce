using Serverless.Engine.State;
using Serverless.Local.Running;

namespace Serverless.Local.Tests;

public sealed class StateCacheTests
{
    [Fact]
    public void What_was_not_used_lately_goes_and_what_was_stays()
    {
        var cache = new StateCache(10 * StateCache.Estimate(0));
        for (var i = 0; i < 8; i++)
            cache.Put(new Named($"k{i}"), 0);
        Assert.False(cache.Trim());
        Add(8, 3);
        Assert.True(cache.Trim()); // all are of the older generation now
        Assert.True(cache.TryGet("k3", out _));
        Add(20, 2);

        Assert.True(cache.Trim());

        Assert.True(cache.TryGet("k3", out _));
        Assert.True(cache.TryGet("k21", out _));
        Assert.False(cache.TryGet("k4", out _));
        Assert.Equal(3, cache.Count);
        Assert.Equal(3 * StateCache.Estimate(0), cache.Bytes);

        void Add(int from, int count)
        {
            for (var i = from; i < from + count; i++)
                cache.Put(new Named($"k{i}"), 0);
        }
    }

    [Fact]
    public void A_state_that_is_larger_than_all_the_room_stays_while_it_is_used()
    {
        var cache = new StateCache(StateCache.Estimate(100));
        cache.Put(new Named("large"), 1_000_000);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(cache.Trim());
            Assert.True(cache.TryGet("large", out _));
        }
        Assert.Equal(("large", StateCache.Estimate(1_000_000)), cache.Largest);

        cache.Trim();
        cache.Trim();
        Assert.Equal((0, 0), (cache.Count, cache.Bytes));
    }

    [Fact]
    public void What_is_yet_to_be_stored_is_stored_before_it_is_too_much()
    {
        var cache = new StateCache(100 * StateCache.Estimate(0));

        Assert.False(cache.IsFull(49));
        Assert.True(cache.IsFull(51));
    }

    private sealed class Named(string key) : IKeyedState
    {
        public string Key { get; } = key;

        public bool IsExpired(DateTimeOffset now) => false;

        public void Write(StateWriter writer)
        {
        }
    }
}
