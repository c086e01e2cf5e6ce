using Microsoft.Data.Sqlite;
using Serverless.Local.Running;
using Serverless.Local.Tests.Fakes;

namespace Serverless.Local.Tests;

/// <summary>Scripts of several stages that are edited between two runs with one state folder.</summary>
public sealed class StageChangeTests : IDisposable
{
    private const string PerCount = "SELECT CAST(n AS STRING), COUNT(*) FROM (SELECT k, COUNT(*) AS n FROM s GROUP BY k) GROUP BY n";
    private const string Best = "SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n FROM s) WHERE n = 1";
    private const string OneStage = "SELECT k, COUNT(*) FROM s GROUP BY k";
    private const string Join = "SELECT s.k, COUNT(*) FROM s JOIN d ON s.k = d.k GROUP BY s.k";

    private static readonly string[] BestRows = ["a | 2", "b | 3", "c | 4"];

    private readonly TempFolder _folder = new();
    private readonly MemoryTable _table = new();
    private readonly MemoryLetters _letters = new();
    private readonly RecordingLogger _logger = new();
    private readonly MemoryTopic _topic = new(1) { Name = "t" };
    private readonly MemoryTopic _further = new(1) { Name = "d" };

    public StageChangeTests()
    {
        string[] records = ["""{"k":"a","v":1}""", """{"k":"a","v":2}""", """{"k":"b","v":3}""", """{"k":"c","v":4}"""];
        foreach (var record in records)
            _topic.Add(0, record);
        _further.Add(0, """{"k":"a"}""");
        _further.Add(0, """{"k":"b"}""");
        _folder.Write("in.jsonl", string.Concat(records.Select(r => r + "\n")));
    }

    public static TheoryData<string, string[], string, string[]> Edits => new()
    {
        { Best, BestRows, PerCount, ["1 | 2", "2 | 1"] },
        { Best, BestRows, Where(Best, "v < 3"), ["a | 2"] },
        { PerCount, ["1 | 2", "2 | 1"], Where(PerCount, "k <> 'a'"), ["1 | 2"] },
        { OneStage, ["a | 2", "b | 1", "c | 1"], Where(Best, "v < 4"), ["a | 2", "b | 3"] },
        { Best, BestRows, Where(OneStage, "v > 2"), ["b | 1", "c | 1"] },
        { Join, ["a | 2", "b | 1"], Best, BestRows },
        { Best, BestRows, Join, ["a | 2", "b | 1"] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task The_rows_that_it_does_not_make_are_deleted_when_it_has_caught_up(string former, string[] before, string edited, string[] after)
    {
        await RunAsync(former);
        Assert.Equal(before, _table.Lines);
        await RunAsync(edited);
        Assert.Equal(after, _table.Lines);
        var deleted = before.Select(KeyOf).Except(after.Select(KeyOf)).Count();
        Assert.Contains($"Job test has caught up with what it was before: {deleted} rows that it does not make are deleted, and the former state with them", _logger.Lines);
        Assert.Contains(_logger.Lines, l => l.StartsWith("Job test has changed: it starts anew. Its former state, of ", StringComparison.Ordinal)
            && l.EndsWith(former == OneStage ? "are deleted. Until then the former script goes on with it" : "then former rows that it does not make are deleted", StringComparison.Ordinal));
        _logger.Lines.Clear();
        await RunAsync(edited);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public async Task Until_it_has_caught_up_its_former_rows_stay_and_edited_back_it_leaves_nothing_of_the_script_in_between()
    {
        await RunAsync(Best);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(PerCount, () => throw new InvalidOperationException("killed")));
        Assert.ProperSubset(_table.Lines.ToHashSet(), BestRows.ToHashSet());

        await RunAsync(Best);
        Assert.Equal(BestRows, _table.Lines);
        Assert.Contains(_logger.Lines, l => l.Contains("rows that it does not make are deleted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_script_begun_anew_deletes_what_it_made_of_other_records_before()
    {
        await RunAsync(PerCount);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Best, () => throw new InvalidOperationException("killed")));
        _topic.Add(0, """{"k":"b","v":3}""");
        _topic.Add(0, """{"k":"c","v":3}""");
        await RunAsync(PerCount);
        Assert.Equal(["2 | 3"], _table.Lines);
    }

    [Fact]
    public async Task Edited_while_a_delete_waits_for_the_table_it_leaves_nothing_of_the_former_script()
    {
        await RunAsync(PerCount);
        _topic.Add(0, """{"k":"b","v":3}""");
        _topic.Add(0, """{"k":"c","v":3}""");
        _table.BeforeWrite = () => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(PerCount));
        _table.BeforeWrite = () => { };
        Assert.Equal(["1 | 2", "2 | 1"], _table.Lines);
        await RunAsync(Best);
        Assert.Equal(["a | 2", "b | 3", "c | 4"], _table.Lines);
    }

    [Fact]
    public async Task Killed_while_it_deletes_it_deletes_again()
    {
        await RunAsync(Best);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Where(OneStage, "k = 'x'"), onDelete: () => throw new InvalidOperationException("killed")));
        Assert.Equal(BestRows, _table.Lines);
        await RunAsync(Where(OneStage, "k = 'x'"));
        Assert.Empty(_table.Lines);
    }

    [Fact]
    public async Task On_fewer_records_of_one_of_its_topics_it_is_refused_and_the_former_script_goes_on()
    {
        await RunAsync(Join);
        _further.First[0] = 1;
        var refused = await Assert.ThrowsAsync<CommandException>(() => RunAsync(Where(Join, "v > 1")));
        Assert.StartsWith("job 'test' has changed and would start anew, but 'd' no longer has records that its rows are made of: offsets 0 to 0 of partition 0.", refused.Message, StringComparison.Ordinal);
        _topic.Add(0, """{"k":"b","v":9}""");
        var back = await RunAsync(Join);
        Assert.Equal((1L, "a | 2", "b | 2"), (back.Records, _table.Lines[0], _table.Lines[1]));

        // Of a topic that it does not read it lacks nothing.
        await RunAsync(Best);
        Assert.Equal(["a | 2", "b | 9", "c | 4"], _table.Lines);
    }

    [Fact]
    public async Task Fewer_records_are_enough_if_the_script_says_so_and_rows_that_none_is_left_of_stay()
    {
        await RunAsync(Join);
        _further.First[0] = 1;
        await RunAsync(Where(Join, "v > 1"), set: "SET 'execution.state-recovery.ignore-lost-records' = 'true';");
        Assert.Equal(["a | 2", "b | 1"], _table.Lines);
        Assert.Contains(_logger.Lines, l => l.Contains("offsets 0 to 0 of partition 0 of 'd' are not read again, so former rows that it does not make stay", StringComparison.Ordinal));
        Assert.Contains(_logger.Lines, l => l.Contains("0 rows that it does not make are deleted", StringComparison.Ordinal) && l.Contains("stay there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_script_that_starts_somewhere_else_lets_its_former_rows_stay()
    {
        await RunAsync(Best);
        _topic.First[0] = 3;
        await RunAsync(PerCount, startsElsewhere: true);
        Assert.Equal(["1 | 1", .. BestRows], _table.Lines);
        Assert.Contains(_logger.Lines, l => l.Contains("stay there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rewrite_fills_a_table_that_was_emptied()
    {
        await CommandAsync(Best);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder["state"], "results.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            StateFile.Execute(connection, "DELETE FROM o");
        }
        await CommandAsync(Best);
        Assert.Empty(Rows());
        var rewritten = await CommandAsync(Best, "--rewrite");
        Assert.Equal(BestRows, Rows());
        Assert.Contains("Job job has written 3 rows again and deleted 0", rewritten.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_state_of_the_version_before_the_rows_are_not_known_and_stay_which_is_said()
    {
        await CommandAsync(Best);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder["state"], "state.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            StateFile.Execute(connection, "DELETE FROM outbox; ALTER TABLE outbox DROP COLUMN is_written; ALTER TABLE jobs DROP COLUMN keeps_rows; UPDATE jobs SET starts = NULL; PRAGMA user_version = 4;");
        }
        Assert.Contains("was begun by a version that did not keep its rows", (await CommandAsync(Best, "--rewrite")).Error, StringComparison.Ordinal);
        var edited = await CommandAsync(PerCount);
        Assert.Equal(["1 | 2", "2 | 1", .. BestRows], Rows());
        Assert.Contains("0 rows that it does not make are deleted, and the former state with them; rows that were written to 'o' of the embedded sinks (k STRING) stay there", edited.Error, StringComparison.Ordinal);
    }

    private static string KeyOf(string row) => row.Split(" | ")[0];

    private static string Where(string query, string condition) =>
        query.Contains("GROUP BY s.k", StringComparison.Ordinal) ? query.Replace("GROUP BY s.k", $"WHERE {condition} GROUP BY s.k", StringComparison.Ordinal) : query.Replace("FROM s", $"FROM s WHERE {condition}", StringComparison.Ordinal);

    private async Task<JobProgress> RunAsync(string query, Action? onCommit = null, string set = "", bool startsElsewhere = false, Action? onDelete = null)
    {
        var job = RunningJob.CompileText(set + Script(query, "'connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json'"));
        var isCommitted = false;
        var running = new RunningJob(_folder.Path, job, _topic, _table, _letters)
        {
            FurtherTopics = job.Sources.Count > 1 ? [_further] : [],
            Logger = _logger,
            OnCommit = () =>
            {
                isCommitted = true;
                onCommit?.Invoke();
            },
        };
        if (startsElsewhere)
            running = new RunningJob(_folder.Path, job, _topic, _table, _letters) { Logger = _logger, Options = running.Options with { StartsElsewhere = new HashSet<int> { 0 } } };
        _table.BeforeWrite = onDelete is null ? _table.BeforeWrite : () =>
        {
            if (isCommitted)
                onDelete();
        };
        try
        {
            await running.RunUntilIdleAsync();
        }
        finally
        {
            if (onDelete is not null)
                _table.BeforeWrite = () => { };
        }
        return running.Progress!;
    }

    private Task<CliResult> CommandAsync(string query, params string[] more) => Cli.RunAsync(
        ["run", _folder.Write("job.sql", Script(query, $"'connector' = 'filesystem', 'path' = '{_folder["in.jsonl"]}', 'format' = 'json'")), "--embedded-sinks", "--until-idle", "--state", _folder["state"], .. more]);

    private string[] Rows() => Results.Query(_folder["state"], "SELECT * FROM o ORDER BY 1");

    private static string Script(string query, string source) => $"""
        CREATE TABLE s (k STRING, v BIGINT) WITH ({source});
        CREATE TABLE d (k STRING) WITH ('connector' = 'kafka', 'topic' = 'd', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json');
        CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://localhost/d', 'table-name' = 'o', 'username' = 'u', 'password' = 'p');
        INSERT INTO o {query};
        """;
}
