using Serverless.App.Http;

namespace Serverless.App.Tests;

public sealed class SharedLookTests
{
    private readonly ManualClock _clock = new(FakeGenerations.Born);
    private int _looks;

    [Fact]
    public async Task Many_who_ask_at_once_wait_for_one_look_and_who_leaves_does_not_stop_it()
    {
        var seen = new TaskCompletionSource<int>();
        var look = new SharedLook<int>(() => Seen(seen.Task), TimeSpan.FromSeconds(5), _clock);
        using var leaves = new CancellationTokenSource();
        var first = look.AskAsync(leaves.Token);
        var second = look.AskAsync(TestContext.Current.CancellationToken);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        // However long it takes, there is no second one beside it.
        _clock.Now += TimeSpan.FromMinutes(1);
        var third = look.AskAsync(TestContext.Current.CancellationToken);
        seen.SetResult(42);
        Assert.Equal((42, 42), (await second, await third));
        Assert.Equal(1, _looks);
    }

    [Fact]
    public async Task What_was_seen_is_good_for_a_while_and_nothing_is_asked_until_somebody_does()
    {
        var look = new SharedLook<int>(() => Seen(Task.FromResult(0)), TimeSpan.FromSeconds(5), _clock);
        Assert.Equal(0, _looks);
        await look.AskAsync(TestContext.Current.CancellationToken);
        _clock.Now += TimeSpan.FromSeconds(4);
        await look.AskAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, _looks);
        _clock.Now += TimeSpan.FromSeconds(1);
        await look.AskAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, _looks);
    }

    [Fact]
    public async Task A_look_that_fails_is_not_the_last()
    {
        var look = new SharedLook<int>(() => Seen(_looks == 0 ? Task.FromException<int>(new IOException("away")) : Task.FromResult(7)), TimeSpan.FromSeconds(5), _clock);
        await Assert.ThrowsAsync<IOException>(() => look.AskAsync(TestContext.Current.CancellationToken));
        _clock.Now += TimeSpan.FromSeconds(5);
        Assert.Equal(7, await look.AskAsync(TestContext.Current.CancellationToken));
    }

    private Task<int> Seen(Task<int> what)
    {
        Interlocked.Increment(ref _looks);
        return what;
    }
}
