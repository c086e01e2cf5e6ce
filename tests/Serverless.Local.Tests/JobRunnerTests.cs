using System.Globalization;
using System.Text;
using Serverless.Connectors;
using Serverless.Engine.Ingest;
using Serverless.Local.Running;
using Serverless.Local.Tests.Fakes;

namespace Serverless.Local.Tests;

public sealed class JobRunnerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryTable _table = new();
    private readonly MemoryLetters _letters = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_crash_between_state_and_rows_loses_no_row()
    {
        var topic = Article();
        _table.BeforeWrite = () => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(Job(topic).RunUntilIdleAsync);
        Assert.Empty(_table.Rows);

        _table.BeforeWrite = () => { };
        var second = Job(topic);
        await second.RunUntilIdleAsync();

        Assert.Equal(Results.ArticleConsume, _table.Lines);
        Assert.True(second.Progress!.Duplicates > 0, "the state had not been stored, so nothing was shown");
    }

    [Fact]
    public async Task A_crash_between_rows_and_offsets_counts_nothing_twice()
    {
        var topic = Article();
        await Assert.ThrowsAsync<InvalidOperationException>(Job(topic, () => throw new InvalidOperationException("killed")).RunUntilIdleAsync);
        var second = Job(topic);
        await second.RunUntilIdleAsync();
        Assert.Equal(Results.ArticleConsume, _table.Lines);
        Assert.True(second.Progress!.Duplicates > 0);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Crashes_and_outages_at_random_leave_the_tables_of_the_records_alone(int seed)
    {
        var random = new Random(seed);
        var topic = new MemoryTopic(3);
        var expected = new Dictionary<string, (decimal Sum, string Line)>();
        for (var i = 0; i < 300; i++)
        {
            var app = $"app{random.Next(8)}";
            var (time, amount) = ($"2020-09-{random.Next(1, 4):00} 14:{i / 60:00}:{i % 60:00}", random.Next(1, 1000) / 10m);
            topic.Add(app[^1] % 3, $$"""{"appkey":"{{app}}","servertime":"{{time}}","consumenum":{{amount.ToString(CultureInfo.InvariantCulture)}},"roleid":"r{{i}}","serverid":"s"}""");
            var sum = expected.GetValueOrDefault(app + time[..10]).Sum + amount;
            expected[app + time[..10]] = (sum, string.Create(CultureInfo.InvariantCulture, $"{app} | s | {time} | r{i} | {(double)sum} | {time[..10]}"));
        }

        var crashes = 0;
        void MayFail()
        {
            if (random.Next(6) == 0 && crashes < 40)
            {
                crashes++;
                throw new InvalidOperationException("killed");
            }
        }

        _table.BeforeWrite = () =>
        {
            MayFail();
            if (random.Next(10) == 0)
                throw new SinkUnavailableException("away");
        };
        while (true)
        {
            try
            {
                await Job(topic, MayFail, new Random(random.Next())).RunUntilIdleAsync();
                break;
            }
            catch (InvalidOperationException)
            {
                // Started again, as after a crash.
            }
        }

        Assert.Equal(expected.Values.Select(e => e.Line).Order(StringComparer.Ordinal), _table.Lines);
        Assert.Equal(topic.Partitions.Select(p => (long)p.Count), topic.Committed);
    }

    [Fact]
    public async Task A_sink_that_is_away_costs_delay_and_one_line_each_way()
    {
        var topic = Article();
        var logger = new RecordingLogger();
        _table.BeforeWrite = () =>
        {
            if (_table.Writes <= 2)
                throw new SinkUnavailableException("the database is away");
        };
        var job = new RunningJob(_folder.Path, RunningJob.Compile("recharge.sql"), topic, _table, _letters) { Logger = logger };
        await job.RunUntilIdleAsync();

        Assert.Equal(Results.ArticleConsume, _table.Lines);
        Assert.Equal(2, logger.Lines.Count);
        Assert.Contains("the database is away", logger.Lines.First(), StringComparison.Ordinal);
        Assert.StartsWith("Job test writes again", logger.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_sink_is_away_reading_goes_on_up_to_a_cap_and_no_offset_is_committed()
    {
        var before = DateTimeOffset.UtcNow;
        var topic = new MemoryTopic(1);
        for (var i = 0; i < 1000; i++)
            topic.Add(0, $$"""{"appkey":"app{{i}}","servertime":"2020-09-30 14:10:36","consumenum":1,"roleid":"r","serverid":"s"}""");
        _table.BeforeWrite = () => throw new SinkUnavailableException("the database is away");
        var job = new RunningJob(_folder.Path, RunningJob.Compile("recharge.sql"), topic, _table, _letters)
        {
            Options = new() { MaxPendingRows = 50, FlushInterval = TimeSpan.FromMilliseconds(1), LagInterval = TimeSpan.FromMilliseconds(1), Quiet = TimeSpan.FromMilliseconds(1) },
        };
        await job.RunUntilAsync(p => p.RowsPending >= 50 && _table.Writes >= 2);

        Assert.Equal((false, "the database is away"), (job.Progress!.Sink.IsUp, job.Progress.Sink.Message));
        Assert.InRange(job.Progress.Sink.Since!.Value, before, DateTimeOffset.UtcNow);
        Assert.Equal([new(0, 1000 - job.Progress.Records)], job.Progress.Partitions);
        Assert.Equal(1000 - job.Progress.Records, job.Progress.Lag);
        Assert.InRange(job.Progress.Records, 50, 60);
        Assert.Equal((0, 0L), (topic.Commits, topic.Committed[0]));

        _table.BeforeWrite = () => { };
        var second = Job(topic);
        await second.RunUntilIdleAsync();
        Assert.Equal(1000, _table.Rows.Count);
        Assert.Equal((new SinkHealth(true), 1000), (second.Progress!.Sink, second.Progress.Events));
    }

    [Fact]
    public async Task A_row_the_sink_refuses_becomes_a_dead_letter_and_the_others_are_written()
    {
        var topic = Article();
        var table = new MemoryTable { Refuse = c => c.Key.StartsWith("appkey1", StringComparison.Ordinal) ? "too long" : null };
        await new RunningJob(_folder.Path, RunningJob.Compile("recharge.sql"), topic, table, _letters) { Random = new Random(3) }.RunUntilIdleAsync();

        Assert.Equal(Results.ArticleConsume[1..], table.Lines);
        var letter = _letters.Letters[^1];
        Assert.Equal(("test", null, DeadLetterKind.Refused, "too long"), (letter.Job, letter.Topic, letter.Kind, letter.Reason));
        Assert.Equal(
            """{"appkey":"appkey1","serverid":"1","servertime":"2020-09-30 14:30:36","roleid":"roleid1","amount":139.4,"dt":"2020-09-30"}""",
            Encoding.UTF8.GetString(letter.Value));
        Assert.Equal(5, topic.Committed.Sum());
    }

    private static string Ratio => File.ReadAllText(Repository.Job("recharge.sql")).Replace("SUM(consumenum) AS amount", "10 / (SUM(consumenum) - 33.8) AS amount", StringComparison.Ordinal);

    [Fact]
    public async Task A_version_of_a_row_that_cannot_be_made_is_counted_and_one_that_can_follows_it()
    {
        var topic = new MemoryTopic(1);
        topic.Add(0, """{"appkey":"a","servertime":"2020-09-30 14:10:36","consumenum":33.8}""");
        var job = new RunningJob(_folder.Path, RunningJob.CompileText(Ratio), topic, _table, _letters);
        await job.RunUntilAsync(p =>
        {
            if (p.FailedVersions == 1 && topic.Partitions[0].Count == 1)
                topic.Add(0, """{"appkey":"a","servertime":"2020-09-30 14:11:36","consumenum":5}""");
            return p.IdleRounds >= 2 && p.Records == 2;
        });

        Assert.Equal(1, job.Progress!.FailedVersions);
        Assert.Equal(["a |  | 2020-09-30 14:11:36 |  | 2 | 2020-09-30"], _table.Lines);
        Assert.Empty(_letters.Letters);
    }

    [Fact]
    public async Task A_row_whose_last_version_cannot_be_made_is_a_dead_letter_when_the_job_stops()
    {
        var topic = new MemoryTopic(1);
        topic.Add(0, """{"appkey":"a","servertime":"2020-09-30 14:10:36","consumenum":33.8}""");
        await new RunningJob(_folder.Path, RunningJob.CompileText(Ratio), topic, _table, _letters).RunUntilIdleAsync();

        Assert.Empty(_table.Rows);
        var letter = Assert.Single(_letters.Letters);
        Assert.Equal((null, DeadLetterKind.Row), (letter.Offset, letter.Kind));
        Assert.Contains("\"appkey\":\"a\"", Encoding.UTF8.GetString(letter.Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_cannot_be_made_is_told_even_if_the_process_dies_before_its_time_has_come()
    {
        var topic = new MemoryTopic(1);
        topic.Add(0, """{"appkey":"a","servertime":"2020-09-30 14:10:36","consumenum":33.8}""");
        var commits = 0;
        var job = new RunningJob(_folder.Path, RunningJob.CompileText(Ratio), topic, _table, _letters)
        {
            OnCommit = () =>
            {
                if (++commits == 2)
                    throw new InvalidOperationException("killed");
            },
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => job.RunUntilAsync(p =>
        {
            if (topic.Commits == 1 && topic.Partitions[0].Count == 1)
                topic.Add(0, """{"appkey":"b","servertime":"2020-09-30 14:10:36","consumenum":5}""");
            return false;
        }));
        Assert.Empty(_letters.Letters);
        topic.Committed[0] = 2; // the commit that was killed went through: nothing is read again

        await new RunningJob(_folder.Path, RunningJob.CompileText(Ratio), topic, _table, _letters).RunUntilIdleAsync();
        Assert.Contains("\"appkey\":\"a\"", Encoding.UTF8.GetString(Assert.Single(_letters.Letters).Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_has_outlived_its_time_to_live_is_deleted_and_starts_from_nothing()
    {
        var job = RunningJob.CompileText("SET 'table.exec.state.ttl' = '1 h'; SET 'dedup.horizon' = '1 h';\n" + await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken));
        var topic = Article();
        await new RunningJob(_folder.Path, job, topic, _table, _letters).RunUntilIdleAsync();
        Assert.Equal(Results.ArticleConsume, _table.Lines);

        topic.Add(0, """{"appkey":"appkey1","servertime":"2020-09-30 15:00:00","consumenum":5,"roleid":"r","serverid":"s"}""");
        var second = new RunningJob(_folder.Path, job, topic, _table, _letters) { Clock = new LaterClock(TimeSpan.FromHours(2)) };
        await second.RunUntilIdleAsync();

        Assert.Equal("appkey1 | s | 2020-09-30 15:00:00 | r | 5 | 2020-09-30", _table.Lines[0]);
        Assert.Equal(1, second.Progress!.Groups);
    }

    [Fact]
    public async Task Groups_that_do_not_fit_in_memory_are_read_back()
    {
        var topic = new MemoryTopic(2);
        for (var i = 0; i < 400; i++)
            topic.Add(i % 2, $$"""{"appkey":"app{{i % 40}}","servertime":"2020-09-30 14:10:36","consumenum":1,"roleid":"r","serverid":"s"}""");
        var job = new RunningJob(_folder.Path, RunningJob.Compile("recharge.sql"), topic, _table, _letters)
        {
            Options = new() { MaxStateBytes = 10_000, FlushInterval = TimeSpan.FromMilliseconds(1), LagInterval = TimeSpan.FromMilliseconds(1), Quiet = TimeSpan.FromMilliseconds(1) },
        };
        await job.RunUntilIdleAsync();

        Assert.Equal(40, job.Progress!.Groups);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"app{i} | s | 2020-09-30 14:10:36 | r | 10 | 2020-09-30").Order(StringComparer.Ordinal), _table.Lines);
    }

    [Fact]
    public async Task What_a_job_does_is_measured_and_its_first_dead_letter_warned_of()
    {
        using var measurements = new Measurements();
        var logger = new RecordingLogger();
        var topic = Article();
        topic.Add(1, null);
        topic.Add(1, "no JSON");
        topic.Add(1, "no JSON either");
        _table.BeforeWrite = () =>
        {
            if (_table.Writes <= 2)
                throw new SinkUnavailableException("the database is away");
        };
        await new RunningJob(_folder.Path, RunningJob.Compile("recharge.sql"), topic, _table, _letters) { Meters = measurements, Logger = logger }.RunUntilIdleAsync();

        Assert.Equal((8, 5, 1), (measurements.Sum("serverless.records"), measurements.Sum("serverless.events"), measurements.Sum("serverless.skipped")));
        Assert.Equal((2, 2), (measurements.Sum("serverless.failed_writes"), measurements.Sum("serverless.retries")));
        Assert.Equal(_table.Writes, measurements.Of("serverless.flush").Length);
        Assert.InRange(measurements.Sum("serverless.rows"), 2, 5);
        Assert.InRange(measurements.Sum("serverless.slices"), 2, 5);
        Assert.Equal(2, measurements.Sum("serverless.dead_letters"));
        Assert.All(measurements.Of("serverless.dead_letters"), m => Assert.Equal("job=test reason=record", m.Tags));
        Assert.Equal([(2, "job=test")], measurements.Observe("serverless.groups"));
        Assert.Equal([(0, "job=test partition=0"), (0, "job=test partition=1")], measurements.Observe("serverless.partition.lag"));
        Assert.Equal(
            [
                "Job test: a record of topic memory, partition 1, offset 3, is a dead letter: invalid JSON at byte 1; dead letters are in memory",
                "Job test: one more dead letter: invalid JSON at byte 1; dead letters are in memory",
            ],
            logger.Lines.Where(l => l.Contains("dead letter", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_delay_is_of_each_batch_and_partition_its_oldest_record_and_none_while_rows_wait()
    {
        using var measurements = new Measurements();
        var topic = Article();
        var oldest = topic.Partitions.Select(p => p[0].Timestamp).Order().ToArray();
        _table.BeforeWrite = () =>
        {
            Assert.Empty(measurements.Of("serverless.delay"));
            if (_table.Writes <= 2)
                throw new SinkUnavailableException("the database is away");
        };
        var job = new RunningJob(_folder.Path, RunningJob.Compile("recharge.sql"), topic, _table, _letters)
        {
            Meters = measurements, Options = new() { FirstRetry = TimeSpan.FromMilliseconds(50), LagInterval = TimeSpan.FromMilliseconds(1), Quiet = TimeSpan.FromMilliseconds(1) },
        };
        var before = DateTimeOffset.UtcNow;
        await job.RunUntilIdleAsync();
        var after = DateTimeOffset.UtcNow;

        var delays = measurements.Of("serverless.delay");
        Assert.InRange(delays.Length, 2, 5);
        Assert.All(delays, d => Assert.InRange(d.Value, (before.ToUnixTimeMilliseconds() - topic.Partitions.Max(p => p[^1].Timestamp)) / 1000.0, (after.ToUnixTimeMilliseconds() - oldest[0]) / 1000.0));
        Assert.InRange(delays.Max(d => d.Value), (before.ToUnixTimeMilliseconds() - oldest[0]) / 1000.0, (after.ToUnixTimeMilliseconds() - oldest[0]) / 1000.0);
    }

    [Fact]
    public async Task Records_without_a_timestamp_give_no_delay()
    {
        using var measurements = new Measurements();
        var topic = Article();
        foreach (var partition in topic.Partitions)
            for (var i = 0; i < partition.Count; i++)
                partition[i] = partition[i] with { Timestamp = 0 };
        await new RunningJob(_folder.Path, RunningJob.Compile("recharge.sql"), topic, _table, _letters) { Meters = measurements }.RunUntilIdleAsync();

        Assert.Equal(5, measurements.Sum("serverless.records"));
        Assert.Empty(measurements.Of("serverless.delay"));
    }

    private RunningJob Job(MemoryTopic topic, Action? onCommit = null, Random? random = null) =>
        new(_folder.Path, RunningJob.Compile("recharge.sql"), topic, _table, _letters) { OnCommit = onCommit ?? (() => { }), Random = random ?? new Random(1) };

    private static MemoryTopic Article()
    {
        var topic = new MemoryTopic(2);
        foreach (var line in File.ReadAllLines(Repository.DemoFile("game_consume_log.jsonl")))
            topic.Add(line.Contains("appkey1", StringComparison.Ordinal) ? 0 : 1, line);
        return topic;
    }
}
