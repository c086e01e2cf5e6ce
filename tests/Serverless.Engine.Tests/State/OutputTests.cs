using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.State;

public sealed class OutputTests
{
    private static readonly OutputLimits Limits = new(3, 10_000, 2, 100);

    [Fact]
    public void Of_two_versions_of_a_row_the_one_made_of_more_events_is_written()
    {
        var output = new Output(Limits);
        Add(output, Row("a", 2), Row("a", 1));
        Assert.Equal(2, Assert.Single(output.Take()).Version.Events);
    }

    [Fact]
    public void A_late_older_version_of_a_written_row_is_dropped_while_it_is_remembered()
    {
        var output = new Output(Limits);
        Add(output, Row("a", 5));
        output.Acknowledge(output.Take(), now: 0);
        Add(output, Row("a", 4));
        Assert.Empty(output.Take());
        output.Acknowledge([], now: 113);
        Add(output, Row("a", 4));
        Assert.Single(output.Take());
    }

    [Fact]
    public void A_written_delete_is_remembered_like_a_row()
    {
        var output = new Output(Limits);
        Add(output, Row("a", 5) with { IsDelete = true });
        output.Acknowledge(output.Take(), now: 0);
        Add(output, Row("a", 4));
        Assert.Empty(output.Take());
    }

    [Fact]
    public void A_row_that_became_newer_while_it_was_written_stays_pending()
    {
        var output = new Output(Limits);
        Add(output, Row("a", 1));
        var taken = output.Take();
        Add(output, Row("a", 2));
        output.Acknowledge(taken, now: 0);
        Assert.Equal(2, Assert.Single(output.Take()).Version.Events);
    }

    [Fact]
    public void It_is_full_at_its_cap_of_rows_or_of_bytes_and_no_longer_when_they_are_written()
    {
        var output = new Output(Limits);
        Add(output, Row("a", 1), Row("b", 1));
        Assert.False(output.IsFull);
        Add(output, Row("c", 1));
        Assert.True(output.IsFull);
        output.Acknowledge(output.Take(), now: 0);
        Assert.False(output.IsFull);
        Add(output, Row("a", 2) with { Values = [new string('x', 10_000)] });
        Assert.True(output.IsFull);
        Add(output, Row("a", 3));
        Assert.False(output.IsFull);
    }

    [Fact]
    public void Only_so_many_written_versions_are_remembered()
    {
        var output = new Output(Limits);
        foreach (var key in new[] { "a", "b", "c" })
        {
            Add(output, Row(key, 5));
            output.Acknowledge(output.Take(), now: 0);
        }

        Assert.Equal(2, output.Remembered);
    }

    [Fact]
    public void A_failed_version_gives_way_to_a_newer_row_and_stands_beside_an_older_one()
    {
        var output = new Output(Limits);
        output.Add(new GroupAnswer([], [new FailedRow("a", new RowVersion(0, 0, 3), "division by zero", [])], 0));
        Add(output, Row("a", 2));
        Assert.Single(output.Failures);
        Add(output, Row("a", 4));
        Assert.Empty(output.Failures);
        Assert.Equal(1, output.Failed);
    }

    [Fact]
    public void State_read_back_does_as_the_state_that_was_written()
    {
        object?[] values =
        [
            null, true, -7L, new Number(12345, 2), 139.4, "text", new byte[] { 1, 2 }, new DateOnly(2021, 12, 1), new TimeOnly(19, 10), new DateTime(2021, 12, 1, 19, 10, 0),
            new DateTimeOffset(2021, 12, 1, 19, 10, 0, TimeSpan.Zero),
        ];
        var output = new Output(Limits);
        Add(output, Row("written", 5));
        output.Acknowledge(output.Take(), now: 0);
        Add(output, Row("a", 1) with { Values = values }, Row("b", 2) with { IsDelete = true });
        output.Add(new GroupAnswer([], [new FailedRow("c", new RowVersion(0, 0, 3), "division by zero", [1L])], 0));

        var writer = new StateWriter();
        output.Write(writer);
        var read = new Output(Limits);
        read.Read(writer.Written);
        Assert.Equal(values, read.Take()[0].Values);
        Assert.True(read.Take()[1].IsDelete);
        Assert.Equal("division by zero", Assert.Single(read.Failures).Reason);
        Add(read, Row("written", 4));
        Assert.Equal(2, read.Pending);
    }

    [Fact]
    public void A_failure_that_is_older_than_a_row_that_waits_is_none()
    {
        var output = new Output(OutputLimits.InOrder);
        output.Add(new GroupAnswer([Row("a", 5)], [], 0));
        output.Add(new GroupAnswer([], [new FailedRow("a", new RowVersion(0, 0, 3), "division by zero", [])], 0));
        Assert.Empty(output.Failures);
    }

    [Fact]
    public void Of_two_failures_the_newer_one_stays_whichever_comes_first()
    {
        var (older, newer) = (new FailedRow("a", new RowVersion(0, 0, 3), "older", []), new FailedRow("a", new RowVersion(0, 0, 4), "newer", []));
        foreach (var inOrder in new[] { true, false })
        {
            var output = new Output(OutputLimits.InOrder);
            output.Add(new GroupAnswer([], inOrder ? [older, newer] : [newer, older], 0));
            Assert.Equal("newer", Assert.Single(output.Failures).Reason);
        }
    }

    [Fact]
    public void A_version_written_again_is_remembered_from_then_on()
    {
        var output = new Output(new OutputLimits(100, 1 << 20, 100, Horizon: 10));
        foreach (var (version, at) in new[] { (1L, 0L), (2L, 9L) })
        {
            output.Add(new GroupAnswer([Row("a", version)], [], 0));
            output.Acknowledge(output.Take(), at);
        }

        output.Acknowledge([], 12); // the first is forgotten, the second is not
        output.Add(new GroupAnswer([Row("a", 1)], [], 0));
        Assert.Equal(0, output.Pending);
    }

    [Fact]
    public void A_row_of_the_same_version_is_written_again()
    {
        var output = new Output(new OutputLimits(100, 1 << 20, 100, Horizon: 10));
        Add(output, Row("a", 2));
        output.Acknowledge(output.Take(), now: 0);
        Add(output, Row("a", 2));
        Assert.Single(output.Take());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_wins_over_the_delete_of_what_another_epoch_made_whichever_comes_first_and_however_few_events_it_has(bool isFirst)
    {
        var (row, delete) = (Row("a", 1) with { Version = new RowVersion(200, 0, 1) }, Row("a", 9) with { Version = new RowVersion(150, 0, 9), IsDelete = true });
        var output = new Output(new OutputLimits(100, 1 << 20, 100, Horizon: 10));
        foreach (var change in isFirst ? [row, delete] : (RowChange[])[delete, row])
        {
            Add(output, change);
            if (isFirst)
                output.Acknowledge(output.Take(), now: 0);
        }
        Assert.Equal(isFirst ? [] : [row], output.Take());
    }

    [Fact]
    public void Rows_and_failures_of_epochs_before_another_are_dropped_with_their_size()
    {
        var output = new Output(Limits with { MaxRows = 100, MaxBytes = 400 });
        var (row, failure) = (Row("a", 1) with { Version = new RowVersion(200, 0, 1) }, new FailedRow("b", new RowVersion(200, 0, 1), "no", []));
        output.Add(new GroupAnswer([row, row with { Key = "c", Version = new RowVersion(199, 0, 8) }, row with { Key = "d", Version = new RowVersion(199, 0, 8) }], [failure, failure with { Key = "e", Version = new RowVersion(199, 0, 8) }], 0));
        Assert.True(output.IsFull);
        output.DropBefore(200);
        Assert.Equal([row], output.Take());
        Assert.Equal([failure], output.Failures);
        Assert.False(output.IsFull);
    }

    private static RowChange Row(string key, long version) => new(key, new RowVersion(0, 0, version), false, ["value"]);

    private static void Add(Output output, params RowChange[] rows) => output.Add(new GroupAnswer(rows, [], 0));
}
