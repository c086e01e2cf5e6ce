using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Serverless.Local.Running;
using Serverless.Local.Tests.Fakes;

namespace Serverless.Local.Tests;

/// <summary>Scripts that are edited between two runs with one state folder.</summary>
public sealed class ScriptChangeTests : IDisposable
{
    private const string Select = "SELECT k, l, CAST(SUM(v) AS BIGINT) AS n FROM s GROUP BY k, l";
    private const string Sum = "SELECT k, CAST(SUM(v) AS BIGINT) AS n FROM s GROUP BY k";
    private const string Max = "SELECT k, MAX(v) AS n FROM s WHERE v < 3 GROUP BY k";

    private readonly TempFolder _folder = new();
    private readonly MemoryTable _table = new();
    private readonly MemoryLetters _letters = new();
    private readonly RecordingLogger _logger = new();

    public ScriptChangeTests() => _folder.Write("in.jsonl", """{"k":"a","l":"x","v":1}""" + "\n" + """{"k":"b","l":"y","v":2}""" + "\n" + """{"k":"c","l":"z","v":3}""" + "\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Another_output_writes_the_rows_of_groups_without_new_events_again()
    {
        await RunAsync(Select);
        var second = await RunAsync(Select.Replace("SUM(v)", "SUM(v) * 100", StringComparison.Ordinal));
        Assert.Equal(["a | x | 100", "b | y | 200", "c | z | 300"], Rows("r"));
        Assert.Contains("Job job writes the rows of its 3 groups to 'r' of the embedded sinks", second.Error, StringComparison.Ordinal);
        Assert.Contains("Job job has written 3 rows again and deleted 0", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warning: Job", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_table_gets_all_rows_and_those_in_the_former_stay_which_is_said()
    {
        await RunAsync(Select);
        var second = await RunAsync(Select, "r2");
        Assert.Equal(["a | x | 1", "b | y | 2", "c | z | 3"], Rows("r2"));
        Assert.Equal(3, Rows("r").Length);
        Assert.Contains("rows that were written to 'r' of the embedded sinks (k STRING, l STRING) stay there", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_HAVING_drops_now_are_deleted_and_come_back_with_the_former_one()
    {
        await RunAsync(Select);
        var second = await RunAsync(Select + " HAVING SUM(v) > 1");
        Assert.Equal(["b | y | 2", "c | z | 3"], Rows("r"));
        Assert.Contains("has written 2 rows again and deleted 1 ", second.Error, StringComparison.Ordinal);
        await RunAsync(Select);
        Assert.Equal(["a | x | 1", "b | y | 2", "c | z | 3"], Rows("r"));
    }

    [Fact]
    public async Task Rows_under_keys_that_the_former_outputs_made_are_deleted()
    {
        await RunAsync(Select);
        var second = await RunAsync(Select.Replace("k, l, CAST", "l, k, CAST", StringComparison.Ordinal));
        Assert.Equal(["x | a | 1", "y | b | 2", "z | c | 3"], Rows("r"));
        Assert.Contains("has written 3 rows again and deleted 3 ", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_another_group_makes_now_is_not_deleted()
    {
        _folder.Write("in.jsonl", """{"k":"a","l":"b","v":1}""" + "\n" + """{"k":"b","l":"a","v":2}""" + "\n");
        await RunAsync(Select);
        await RunAsync(Select.Replace("k, l, CAST", "l, k, CAST", StringComparison.Ordinal));
        Assert.Equal(["a | b | 2", "b | a | 1"], Rows("r"));
    }

    [Fact]
    public async Task A_script_that_writes_what_it_wrote_writes_nothing_again()
    {
        await RunAsync(Select);
        var second = await RunAsync("-- the same, told otherwise\n" + Select, password: "another");
        Assert.DoesNotContain("again", second.Error, StringComparison.Ordinal);
        Assert.Contains("job: 0 records, 3 groups, 0 rows written, 0 dead letters", second.Lines);
    }

    [Fact]
    public async Task Rewrite_fills_a_table_that_was_emptied()
    {
        await RunAsync(Select);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder["state"], "results.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            StateFile.Execute(connection, "DELETE FROM r");
        }
        await RunAsync(Select);
        Assert.Empty(Rows("r"));
        var rewritten = await RunAsync(Select, more: "--rewrite");
        Assert.Equal(["a | x | 1", "b | y | 2", "c | z | 3"], Rows("r"));
        Assert.Contains("--rewrite asks for it", rewritten.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_with_a_timeline_and_shards_writes_every_row_of_it_again()
    {
        var text = "SET 'table.optimizer.distinct-agg.split.enabled' = 'true';\n"
            + (await File.ReadAllTextAsync(Repository.Job("pvuv.sql"), TestContext.Current.CancellationToken)).Replace(
                "'connector' = 'kafka'", $"'connector' = 'filesystem', 'path' = '{Repository.DemoFile("pv-uv.jsonl")}'", StringComparison.Ordinal);
        text = Regex.Replace(text, @"\s*'(properties|topic|scan)[^']*'\s*=\s*'[^']*',?", "");
        string[] run = ["run", _folder.Write("pvuv.sql", text), "--embedded-sinks", "--until-idle", "--state", _folder["state"]];
        var first = await Cli.RunAsync(run);
        Assert.True(first.ExitCode == 0, first.Error);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder["state"], "results.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            StateFile.Execute(connection, "DELETE FROM result_cps_total_summary_pvuv_min");
        }
        await Cli.RunAsync([.. run, "--rewrite"]);
        Assert.Equal(Results.ArticlePvUv, Results.Query(_folder["state"], Results.PvUv));
    }

    [Fact]
    public async Task Killed_while_it_writes_again_a_job_begins_once_more_with_all_that_it_ever_made()
    {
        var topic = Topic();
        await MemoryAsync(topic, Select);
        _table.BeforeWrite = () =>
        {
            if (_table.Rows.Values.Any(r => Equals(r[0], "x")))
                throw new InvalidOperationException("killed");
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => MemoryAsync(topic, Select.Replace("k, l, CAST", "l, k, CAST", StringComparison.Ordinal)));
        Assert.Contains(_table.Lines, l => l == "x | a | 1");
        Assert.Contains(_table.Lines, l => l == "a | x | 1");

        // The third script knows of the second's rows, too.
        _table.BeforeWrite = () => { };
        await MemoryAsync(topic, Select + " HAVING SUM(v) > 1");
        Assert.Equal(["b | y | 2", "c | z | 3"], _table.Lines);
    }

    [Fact]
    public async Task A_sink_that_is_away_while_all_is_written_again_costs_delay()
    {
        var topic = Topic();
        await MemoryAsync(topic, Sum);
        var (away, writes) = (2, _table.Writes);
        _table.BeforeWrite = () =>
        {
            if (away-- > 0)
                throw new Connectors.SinkUnavailableException("away");
        };
        await MemoryAsync(topic, Sum.Replace("SUM(v)", "SUM(v) * 100", StringComparison.Ordinal));
        Assert.Equal(["a | 100", "b | 200", "c | 300"], _table.Lines);
        Assert.Equal(writes + 3, _table.Writes);
    }

    [Fact]
    public async Task A_job_that_starts_anew_deletes_the_former_rows_that_it_does_not_make_when_it_has_caught_up()
    {
        await RunAsync(Sum);
        var second = await RunAsync(Max);
        Assert.Equal(["a | 1", "b | 2"], Rows("r"));
        Assert.Contains("warning: Job job has changed: it starts anew. Its former state, of 3 groups, is kept until the new one has caught up", second.Error, StringComparison.Ordinal);
        Assert.Contains("Job job has caught up with what it was before: 1 rows that it does not make are deleted", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("caught up", (await RunAsync(Max)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Until_a_job_has_caught_up_its_former_rows_stay_and_the_former_script_goes_on_with_its_state()
    {
        var topic = Topic();
        await MemoryAsync(topic, Sum);
        var (former, committed) = (topic.Group, topic.Committed);
        _table.BeforeWrite = () => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => MemoryAsync(topic, Max));
        Assert.Equal(["a | 1", "b | 2", "c | 3"], _table.Lines);
        Assert.NotEqual(former, topic.Group);

        _table.BeforeWrite = () => { };
        topic.Add(0, """{"k":"a","l":"x","v":5}""");
        var back = await MemoryAsync(topic, Sum);
        Assert.Equal(["a | 6", "b | 2", "c | 3"], _table.Lines);
        Assert.Equal((former, 1L), (topic.Group, back.Records));
        Assert.Contains(_logger.Lines, l => l.StartsWith("Job test is again what it was before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Going_back_after_rows_were_written_restores_all_rows()
    {
        var topic = Topic();
        topic.Add(0, """{"k":"c","l":"a","v":9}""");
        await MemoryAsync(topic, Sum);
        // It has written its rows, one of them over a former one, and dies before it is done.
        await Assert.ThrowsAsync<InvalidOperationException>(() => MemoryAsync(topic, "SELECT l AS k, MAX(v) AS n FROM s GROUP BY l", () =>
        {
            if (_table.Lines.Contains("a | 9"))
                throw new InvalidOperationException("killed");
        }));
        Assert.Equal(["a | 9", "b | 2", "c | 12", "x | 1", "y | 2", "z | 3"], _table.Lines);

        await MemoryAsync(topic, Sum);
        Assert.Equal(["a | 1", "b | 2", "c | 12"], _table.Lines);
    }

    [Fact]
    public async Task A_job_that_would_start_anew_on_fewer_records_is_refused_and_the_former_script_goes_on()
    {
        var topic = Topic();
        await MemoryAsync(topic, Sum);
        topic.First[0] = 2;
        var refused = await Assert.ThrowsAsync<CommandException>(() => MemoryAsync(topic, Max));
        Assert.StartsWith("job 'test' has changed and would start anew, but 'memory' no longer has records that its rows are made of: offsets 0 to 1 of partition 0.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("execution.state-recovery.ignore-lost-records", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["a | 1", "b | 2", "c | 3"], _table.Lines);

        topic.Add(0, """{"k":"a","l":"x","v":5}""");
        var writes = _table.Writes;
        var back = await MemoryAsync(topic, Sum);
        Assert.Equal(["a | 6", "b | 2", "c | 3"], _table.Lines);
        Assert.Equal((1L, writes + 1), (back.Records, _table.Writes));
    }

    [Fact]
    public async Task Fewer_records_are_enough_if_the_script_says_so_and_rows_that_none_is_left_of_stay()
    {
        var topic = Topic();
        await MemoryAsync(topic, Sum);
        topic.First[0] = 1;
        await MemoryAsync(topic, Max, set: "SET 'execution.state-recovery.ignore-lost-records' = 'true';");
        Assert.Equal(["a | 1", "b | 2", "c | 3"], _table.Lines);
        Assert.Contains(_logger.Lines, l => l.Contains("offsets 0 to 0 of partition 0 are not read again, so former rows that it does not make stay", StringComparison.Ordinal));
        Assert.Contains(_logger.Lines, l => l.Contains("0 rows that it does not make are deleted", StringComparison.Ordinal) && l.Contains("stay there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_first_start_on_a_topic_whose_beginning_is_gone_says_so()
    {
        var topic = Topic();
        topic.First[0] = 1;
        await MemoryAsync(topic, Sum);
        Assert.Equal("Job test starts where 'memory' begins, which is not with its first record: offsets 0 to 0 of partition 0 are gone, and no row is made of them", Assert.Single(_logger.Lines));

        // What was not there then is not missing now.
        await MemoryAsync(topic, Max);
        Assert.Equal(["b | 2"], _table.Lines);
    }

    [Fact]
    public async Task No_password_of_a_script_is_in_the_state_file()
    {
        await RunAsync(Select, password: "hunter2!");
        await RunAsync(Select, "r2", "hunter2!");
        foreach (var file in Directory.GetFiles(_folder["state"]))
            Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static MemoryTopic Topic()
    {
        var topic = new MemoryTopic(1);
        topic.Add(0, """{"k":"a","l":"x","v":1}""");
        topic.Add(0, """{"k":"b","l":"y","v":2}""");
        topic.Add(0, """{"k":"c","l":"z","v":3}""");
        return topic;
    }

    private Task<CliResult> RunAsync(string query, string table = "r", string password = "p", params string[] more)
    {
        var sql = Script(query, "'connector' = 'filesystem', 'path' = '" + _folder["in.jsonl"] + "', 'format' = 'json'", table, password);
        return Cli.RunAsync(["run", _folder.Write("job.sql", sql), "--embedded-sinks", "--until-idle", "--state", _folder["state"], .. more]);
    }

    private async Task<JobProgress> MemoryAsync(MemoryTopic topic, string query, Action? onCommit = null, string set = "")
    {
        var sql = set + Script(query, "'connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json'", "r", "p");
        var job = new RunningJob(_folder.Path, RunningJob.CompileText(sql), topic, _table, _letters) { Logger = _logger, OnCommit = onCommit ?? (() => { }) };
        await job.RunUntilIdleAsync();
        return job.Progress!;
    }

    private static string Script(string query, string source, string table, string password)
    {
        var key = query.Contains("k, l", StringComparison.Ordinal) ? "k STRING, l STRING" : "k STRING";
        return $"""
            CREATE TABLE s (k STRING, l STRING, v INT) WITH ({source});
            CREATE TABLE unused (k STRING) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://u:{password}@localhost/d?user=u&password={password}', 'table-name' = 't', 'password' = '{password}');
            CREATE TABLE {table} ({key}, n BIGINT, PRIMARY KEY ({key.Replace(" STRING", "", StringComparison.Ordinal)}) NOT ENFORCED) WITH (
                'connector' = 'jdbc', 'url' = 'jdbc:postgresql://localhost/d', 'table-name' = '{table}', 'username' = 'u', 'password' = '{password}');
            INSERT INTO {table} {query};
            """;
    }

    private string[] Rows(string table) => Results.Query(_folder["state"], $"SELECT * FROM {table} ORDER BY 1");
}
