using Serverless.Connectors.Lookup;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;

namespace Serverless.Connectors.Tests.Lookup;

public sealed class LookupCacheTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();

    [Fact]
    public void An_answer_is_over_so_long_after_it_was_given_however_often_it_is_asked_for()
    {
        var cache = new LookupCache(new LookupCacheSettings(10, 3 * Minute, null, true), _clock);
        cache.Put(Key(1), Rows("a"));
        for (var i = 0; i < 2; i++)
        {
            _clock.Pass(Minute);
            Assert.Equal("a", Found(cache, 1));
        }

        _clock.Pass(Minute);
        Assert.Null(Found(cache, 1));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void An_answer_is_over_so_long_after_it_was_last_asked_for()
    {
        var cache = new LookupCache(new LookupCacheSettings(10, null, 2 * Minute, true), _clock);
        cache.Put(Key(1), Rows("a"));
        for (var i = 0; i < 5; i++)
        {
            _clock.Pass(Minute);
            Assert.Equal("a", Found(cache, 1));
        }

        _clock.Pass(2 * Minute);
        Assert.Null(Found(cache, 1));
    }

    [Fact]
    public void The_key_that_was_not_asked_for_the_longest_goes_first()
    {
        var cache = new LookupCache(new LookupCacheSettings(2, null, null, true), _clock);
        cache.Put(Key(1), Rows("a"));
        cache.Put(Key(2), Rows("b"));
        Assert.Equal("a", Found(cache, 1));
        cache.Put(Key(3), Rows("c"));
        Assert.Equal(("a", null, "c"), (Found(cache, 1), Found(cache, 2), Found(cache, 3)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void That_there_is_no_row_is_kept_if_the_table_says_so_and_a_failure_never(bool keeps)
    {
        var cache = new LookupCache(new LookupCacheSettings(10, null, null, keeps), _clock);
        cache.Put(Key(1), LookupRows.None);
        cache.Put(Key(2), new LookupRows([], "no"));
        Assert.Equal(keeps, cache.TryGet(Key(1), out _));
        Assert.False(cache.TryGet(Key(2), out _));
    }

    private static LookupKey Key(long value) => new([value]);

    private static LookupRows Rows(string value) => new([[value]]);

    private static string? Found(LookupCache cache, long key) => cache.TryGet(Key(key), out var rows) ? (string)rows.Rows[0][0]! : null;
}
