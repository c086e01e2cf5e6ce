using Serverless.Connectors.Tests.Lookup;

namespace Serverless.Connectors.Tests;

public sealed class CoalescingCacheTests
{
    private readonly ManualClock _clock = new();
    private readonly CoalescingCache<string, int> _cache;
    private int _found;

    public CoalescingCacheTests() => _cache = new CoalescingCache<string, int>(TimeSpan.FromSeconds(5), _clock);

    [Fact]
    public async Task Many_who_ask_at_once_wait_for_one_search_and_who_leaves_does_not_stop_it()
    {
        var seen = new TaskCompletionSource<int>();
        Func<Task<int>> find = () => Find(seen.Task);
        using var leaves = new CancellationTokenSource();
        var first = _cache.GetAsync("key", find, leaves.Token);
        var second = _cache.GetAsync("key", find, TestContext.Current.CancellationToken);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        // However long it takes, there is no second one beside it.
        _clock.Pass(TimeSpan.FromMinutes(1));
        var third = _cache.GetAsync("key", find, TestContext.Current.CancellationToken);
        seen.SetResult(42);
        Assert.Equal((42, 42), (await second, await third));
        Assert.Equal(1, _found);
    }

    [Fact]
    public async Task An_answer_is_good_for_a_while_and_nothing_is_asked_until_somebody_does()
    {
        Func<Task<int>> find = () => Find(Task.FromResult(0));
        Assert.Equal(0, _found);
        await _cache.GetAsync("key", find, TestContext.Current.CancellationToken);
        _clock.Pass(TimeSpan.FromSeconds(4));
        await _cache.GetAsync("key", find, TestContext.Current.CancellationToken);
        Assert.Equal(1, _found);
        _clock.Pass(TimeSpan.FromSeconds(1));
        await _cache.GetAsync("key", find, TestContext.Current.CancellationToken);
        Assert.Equal(2, _found);
    }

    [Fact]
    public async Task A_failure_goes_to_who_waits_and_the_next_who_asks_makes_a_new_search()
    {
        Func<Task<int>> find = () => Find(_found == 0 ? Task.FromException<int>(new IOException("away")) : Task.FromResult(7));
        await Assert.ThrowsAsync<IOException>(() => _cache.GetAsync("key", find, TestContext.Current.CancellationToken));
        Assert.Equal(7, await _cache.GetAsync("key", find, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_answer_that_is_removed_is_found_again()
    {
        Func<Task<int>> find = () => Find(Task.FromResult(_found));
        await _cache.GetAsync("key", find, TestContext.Current.CancellationToken);
        _cache.Remove("key");
        Assert.Equal(1, await _cache.GetAsync("key", find, TestContext.Current.CancellationToken));
    }

    private Task<int> Find(Task<int> what)
    {
        Interlocked.Increment(ref _found);
        return what;
    }
}
