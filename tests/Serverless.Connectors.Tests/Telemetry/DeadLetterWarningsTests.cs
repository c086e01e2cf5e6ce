using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Tests.Telemetry;

public sealed class DeadLetterWarningsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DeadLetterWarnings _warnings = new();

    [Fact]
    public void The_first_letter_is_told_at_once_and_those_after_it_together()
    {
        Assert.Equal("a", Add(0, "a", "b")!.Reason);
        Assert.Null(Add(1, "c"));
        Assert.Null(Add(9.9, "d"));
        Assert.Equal(Start.AddSeconds(10), _warnings.Due);
        Assert.Null(_warnings.Take(Start.AddSeconds(9.9), isLast: false));

        Assert.Equal((3, "d"), _warnings.Take(Start.AddSeconds(10), isLast: false));
        Assert.Null(_warnings.Take(Start.AddSeconds(30), isLast: false));
        Assert.Null(_warnings.Due);
    }

    [Fact]
    public void A_letter_soon_after_a_warning_waits_and_one_after_a_quiet_while_does_not()
    {
        Add(0, "a", "b");
        _warnings.Take(Start.AddSeconds(10), isLast: false);

        Assert.Null(Add(15, "c"));
        Assert.Equal((1, "c"), _warnings.Take(Start.AddSeconds(20), isLast: false));
        Assert.Equal("d", Add(30, "d")!.Reason);
    }

    [Fact]
    public void Letters_that_wait_are_not_overtaken_by_later_ones()
    {
        Add(0, "a", "b");
        Assert.Null(Add(25, "c"));
        Assert.Equal((2, "c"), _warnings.Take(Start.AddSeconds(25), isLast: false));
    }

    [Fact]
    public void At_the_end_nothing_waits_for_its_time()
    {
        Add(0, "a", "b");
        Assert.Equal((1, "b"), _warnings.Take(Start.AddSeconds(1), isLast: true));
        Assert.Null(_warnings.Take(Start.AddSeconds(1), isLast: true));
    }

    [Fact]
    public void No_letters_are_no_warning() => Assert.Null(Add(0));

    private DeadLetter? Add(double seconds, params string[] reasons) =>
        _warnings.Add([.. reasons.Select(r => new DeadLetter("j", "t", 0, 1, DeadLetterKind.Record, r, []))], Start.AddSeconds(seconds));
}
