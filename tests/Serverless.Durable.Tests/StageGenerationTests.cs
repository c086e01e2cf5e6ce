using Serverless.Connectors;

namespace Serverless.Durable.Tests;

/// <summary>Which state a job of several stages has if its script is edited.</summary>
public sealed class StageGenerationTests
{
    private const string Join = """
        CREATE TABLE l (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 'left', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE r (k STRING, w BIGINT) WITH ('connector' = 'kafka', 'topic' = 'right', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'hologres', 'endpoint' = 'h:80', 'dbname' = 'd', 'tablename' = 'o', 'username' = 'u', 'password' = '${P}');
        INSERT INTO o SELECT l.k, COUNT(*) FROM l JOIN r ON l.k = r.k GROUP BY l.k;
        """;

    private static readonly string Edited = Join.Replace("COUNT(*)", "MAX(r.w)", StringComparison.Ordinal);

    private static DateTimeOffset Start => EntityWorld.Start;

    [Fact]
    public void It_keeps_its_state_while_the_script_stays_the_same()
    {
        var first = Edit(Join).Next(null, Bounds(0, 0), "a", Start);
        Assert.Equal(["left", "right"], first.Sources!.Select(s => s.Topic));
        Assert.False(Edit(Join).IsOther(first));
        Assert.Same(first, Edit(Join).Next(first, [], "b", Start.AddHours(1)));
    }

    [Fact]
    public void Edited_it_starts_anew_until_it_has_caught_up_in_each_topic_and_never_takes_up_a_kept_state()
    {
        var first = Edit(Join).Next(null, Bounds(0, 0), "a", Start);
        var second = Edit(Edited).Next(first, Bounds(0, 3), "b", Start.AddHours(1));
        Assert.Equal(("b", "a"), (second.Id, Assert.Single(second.Formers!).Id));
        Assert.Equal(9, second.Ends![new SourcePartition(1, 0)]);
        Assert.Empty(ScriptEdit.MissingOf(second, 0, "left"));
        Assert.Equal([(0, 0L, 3L)], ScriptEdit.MissingOf(second, 1, "right"));

        var third = Edit(Join).Next(second, Bounds(0, 0), "c", Start.AddHours(2));
        Assert.Equal(["c", "b", "a"], [third.Id, .. third.Formers!.Select(f => f.Id)]);
        Assert.Null(third.Rewrite);
    }

    [Fact]
    public void Another_sink_is_another_state_as_what_stages_keep_is_not_written_again()
    {
        var first = Edit(Join).Next(null, Bounds(0, 0), "a", Start);
        Assert.True(Edit(Join.Replace("'tablename' = 'o'", "'tablename' = 'p'", StringComparison.Ordinal)).IsOther(first));
    }

    [Fact]
    public void Other_numbers_of_cells_are_other_states()
    {
        Assert.Equal(Of(""), Of("SET 'state.cells' = '16';"));
        Assert.NotEqual(Of(""), Of("SET 'state.cells' = '8';"));

        static string Of(string settings) => DurableJob.Fingerprint(Jobs.Compile(settings + Join));
    }

    private static ScriptEdit Edit(string sql)
    {
        var job = Jobs.Compile(sql);
        return new ScriptEdit(job, Jobs.FormOf(job), new ConnectorCatalog());
    }

    private static SourceBounds[] Bounds(long left, long right) =>
        [new SourceBounds("left", [new PartitionBounds(0, left, left, 5)]), new SourceBounds("right", [new PartitionBounds(0, right, right, 9)])];
}
