using System.Text;
using Serverless.Engine.Ingest;

namespace Serverless.Engine.Tests.Runtime;

/// <summary>When the rows of windows are written to a table that only takes rows that are added.</summary>
public sealed class WatermarkTests
{
    private const string Script = """
        CREATE TABLE s (k STRING, t TIMESTAMP(3), n INT, WATERMARK FOR t AS t) WITH ('connector' = 'kafka', 'topic' = 'topic', 'format' = 'json');
        CREATE TABLE r (until TIMESTAMP(3), k STRING, total INT) WITH ('connector' = 'kafka', 'topic' = 'out', 'format' = 'json');
        INSERT INTO r SELECT window_end, k, SUM(n) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(t), INTERVAL '10' MINUTES)) GROUP BY window_start, window_end, k;
        """;

    private readonly JobHarness _job = new(JobHarness.Compile(Script));
    private readonly Dictionary<int, long> _next = [];

    [Fact]
    public void A_window_waits_until_the_watermark_has_reached_its_last_moment()
    {
        Add("06:01", 1);
        Add("06:09:59.998", 2);
        Assert.Empty(_job.Rows);
        Add("06:09:59.999", 3);
        Assert.Equal(["2024-03-05 06:10:00 | a | 6"], _job.Rows);
    }

    [Fact]
    public void A_row_that_a_late_record_corrects_is_written_once_more()
    {
        Add("06:01", 1);
        Add("06:11", 2);
        Add("06:02", 3);
        Assert.Equal(["2024-03-05 06:10:00 | a | 1", "2024-03-05 06:10:00 | a | 4"], _job.Rows);
        Assert.Equal(1, _job.Late);
    }

    [Fact]
    public void The_partition_that_is_furthest_behind_holds_windows_back()
    {
        Add("06:01", 1);
        Add("06:05", 1, partition: 1);
        Add("06:11", 2);
        Assert.Empty(_job.Rows);
        Add("06:12", 2, partition: 1);
        Assert.Equal(["2024-03-05 06:10:00 | a | 2"], _job.Rows);
    }

    [Theory]
    [InlineData("SET 'table.exec.source.idle-timeout' = '1 min';", "'connector' = 'kafka'")]
    [InlineData("", "'scan.watermark.idle-timeout' = '60 s', 'connector' = 'kafka'")]
    public void A_partition_whose_last_record_is_older_than_the_idle_timeout_is_not_waited_for(string setting, string option)
    {
        var job = new JobHarness(JobHarness.Compile(setting + Script.Replace("'connector' = 'kafka', 'topic' = 'topic'", option + ", 'topic' = 'topic'", StringComparison.Ordinal)));
        Add(job, "06:01", 1, 0, timestamp: 0);
        Add(job, "06:01", 1, 1, timestamp: 0);
        Add(job, "06:11", 1, 1, timestamp: 60_000);
        Assert.Empty(job.Rows);
        Add(job, "06:12", 1, 1, timestamp: 60_001);
        Assert.Equal(["2024-03-05 06:10:00 | a | 2"], job.Rows);
    }

    [Fact]
    public void A_partition_that_comes_new_does_not_take_the_watermark_back()
    {
        Add("06:01", 1);
        Add("06:11", 2);
        Add("06:03", 4, partition: 1);
        Assert.Equal(["2024-03-05 06:10:00 | a | 1", "2024-03-05 06:10:00 | a | 5"], _job.Rows);
    }

    [Fact]
    public void What_waits_and_what_has_passed_outlast_a_restart()
    {
        Add("06:01", 1);
        _job.Restart();
        Add("06:11", 2);
        _job.Restart();
        Add("06:02", 4);
        _job.Restart();
        Add("06:21", 8);
        Assert.Equal(["2024-03-05 06:10:00 | a | 1", "2024-03-05 06:10:00 | a | 5", "2024-03-05 06:20:00 | a | 2"], _job.Rows);
    }

    private void Add(string time, int n, int partition = 0) => Add(_job, time, n, partition, 0);

    private void Add(JobHarness job, string time, int n, int partition, long timestamp)
    {
        var offset = _next.GetValueOrDefault(partition);
        _next[partition] = offset + 1;
        job.Process([new Record(partition, offset, timestamp, Encoding.UTF8.GetBytes($$"""{"k":"a","t":"2024-03-05 {{(time.Length == 5 ? time + ":00" : time)}}","n":{{n}}}"""))]);
    }
}
