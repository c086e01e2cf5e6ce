using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Tests.Telemetry;

public sealed class DeadLetterReportTests : IDisposable
{
    private readonly Measurements _measurements = new();
    private readonly RecordingLogger _log = new();
    private readonly FlaggedClock _clock = new();

    public void Dispose() => _measurements.Dispose();

    [Fact]
    public void Letters_are_counted_by_kind_and_told_with_where_they_came_from_and_where_they_are()
    {
        using (var report = Report())
        {
            report.Written([Letter(1), Letter(2), new("pvuv", null, null, null, DeadLetterKind.Refused, "too long", [], "a,b")]);
            report.Written([Letter(3)]);
        }

        Assert.Equal(
            [
                "Job pvuv: a record of topic events, partition 2, offset 1, is a dead letter: no JSON; dead letters are in the drawer",
                "Job pvuv: 3 more dead letters, the last one: no JSON; dead letters are in the drawer",
            ],
            _log.Lines.Select(l => l.Text));
        Assert.Equal([(2, "job=pvuv reason=record"), (1, "job=pvuv reason=refused"), (1, "job=pvuv reason=record")], _measurements.Of("serverless.dead_letters"));
    }

    [Fact]
    public void A_row_is_told_by_its_key()
    {
        using var report = Report();
        report.Written([new("pvuv", null, null, null, DeadLetterKind.Refused, "too long", [], "a,b")]);
        Assert.Equal(["Job pvuv: the row a,b is a dead letter: too long; dead letters are in the drawer"], _log.Lines.Select(l => l.Text));
    }

    [Fact]
    public void What_waits_is_told_when_its_time_has_come_though_no_letter_follows()
    {
        using var report = Report();
        report.Written([Letter(1), Letter(2)]);
        Assert.Equal(TimeSpan.FromSeconds(10), _clock.DueTime);
        _clock.Ring(TimeSpan.FromSeconds(10));

        Assert.Equal("Job pvuv: one more dead letter: no JSON; dead letters are in the drawer", _log.Lines.Last().Text);
        Assert.Null(_clock.DueTime);
    }

    private DeadLetterReport Report() => new("pvuv", "the drawer", new JobMetrics(_measurements), _clock, _log);

    private static DeadLetter Letter(long offset) => new("pvuv", "events", 2, offset, DeadLetterKind.Record, "no JSON", [1]);

    /// <summary>A clock that stands, and whose one timer rings when it is told to.</summary>
    private sealed class FlaggedClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        private Action? _ring;

        /// <summary>How long the timer runs; null where there is none.</summary>
        public TimeSpan? DueTime { get; private set; }

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Null(DueTime);
            (DueTime, _ring) = (dueTime, () => callback(state));
            return new Timer(this);
        }

        public void Ring(TimeSpan after)
        {
            _now += after;
            _ring!();
        }

        private sealed class Timer(FlaggedClock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => clock.DueTime = null;

            public ValueTask DisposeAsync() => throw new NotSupportedException();
        }
    }
}
