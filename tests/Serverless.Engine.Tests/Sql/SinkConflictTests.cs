using Serverless.Engine.Sql;

namespace Serverless.Engine.Tests.Sql;

/// <summary>Two INSERTs into one table that provably write different rows, or different columns of a row.</summary>
public sealed class SinkConflictTests
{
    [Theory]
    [InlineData("INSERT INTO r SELECT 'a', k, COUNT(*) FROM s GROUP BY k", "INSERT INTO r SELECT 'b', k, COUNT(*) FROM s GROUP BY k")]
    [InlineData("INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE k = 'a' AND n > 1 GROUP BY j, k", "INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE 'b' = k GROUP BY j, k")]
    [InlineData("INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE k IN ('a', 'b') GROUP BY j, k", "INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE k IN ('c', 'd') GROUP BY j, k")]
    [InlineData("INSERT INTO r SELECT CAST(b AS STRING), k, COUNT(*) FROM s WHERE b = 1 GROUP BY b, k", "INSERT INTO r SELECT CAST(b AS STRING), k, COUNT(*) FROM s WHERE b = 2 GROUP BY b, k")]
    [InlineData("INSERT INTO r SELECT j, UPPER(k), COUNT(*) FROM s WHERE k = 'a' GROUP BY j, UPPER(k)", "INSERT INTO r SELECT j, 'b', COUNT(*) FROM s GROUP BY j")]
    [InlineData("INSERT INTO p (j, k, c) SELECT j, k, COUNT(*) FROM s GROUP BY j, k", "INSERT INTO p (j, k, d) SELECT j, k, COUNT(n) FROM s GROUP BY j, k")]
    [InlineData("INSERT INTO c SELECT j, k, COUNT(*) FROM s GROUP BY j, k", "INSERT INTO d SELECT j, k, COUNT(n) FROM s GROUP BY j, k")]
    [InlineData("INSERT INTO print SELECT k, COUNT(*) FROM s GROUP BY k", "INSERT INTO print SELECT k, COUNT(n) FROM s GROUP BY k")]
    public void Inserts_of_different_rows_or_columns_are_allowed(string one, string other) => Assert.DoesNotContain(Compile(one, other).Diagnostics, d => d.Severity > Severity.Notice);

    [Theory]
    [InlineData("INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE k = 'a' OR n = 1 GROUP BY j, k", "INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE k = 'b' GROUP BY j, k")]
    [InlineData("INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE k <> 'a' GROUP BY j, k", "INSERT INTO r SELECT j, k, COUNT(*) FROM s WHERE k > 'b' GROUP BY j, k")]
    [InlineData("INSERT INTO r SELECT j, LEFT(k, 1), COUNT(*) FROM s WHERE k = 'a1' GROUP BY j, LEFT(k, 1)", "INSERT INTO r SELECT j, LEFT(k, 1), COUNT(*) FROM s WHERE k = 'a2' GROUP BY j, LEFT(k, 1)")]
    [InlineData("INSERT INTO r (j, k, c) SELECT j, k, COUNT(*) FROM s GROUP BY j, k", "INSERT INTO r (j, k) SELECT j, k FROM s GROUP BY j, k")]
    [InlineData("INSERT INTO p (j, k, c) SELECT j, k, COUNT(*) FROM s GROUP BY j, k", "INSERT INTO p SELECT j, k, COUNT(n), 1 FROM s GROUP BY j, k")]
    [InlineData("INSERT INTO v (j, k, c) SELECT j, k, COUNT(*) FROM s GROUP BY j, k", "INSERT INTO v (j, k, d) SELECT j, k, COUNT(n) FROM s GROUP BY j, k")]
    public void Inserts_that_may_meet_in_a_row_are_refused(string one, string other)
    {
        var error = Assert.Single(Compile(one, other).Diagnostics, d => d.Severity == Severity.Error);
        Assert.Contains("which would be whichever was written last", error.Message, StringComparison.Ordinal);
    }

    private static Script Compile(string one, string other) => ScriptCompiler.Compile(new SourceText("test.sql", $"""
        CREATE TABLE s (j STRING, k STRING, n INT, b BIGINT) WITH ('connector' = 'kafka');
        CREATE TABLE r (j STRING, k STRING, c BIGINT, PRIMARY KEY (j, k) NOT ENFORCED) WITH ('connector' = 'mysql');
        CREATE TABLE p (j STRING, k STRING, c BIGINT, d BIGINT, PRIMARY KEY (j, k) NOT ENFORCED) WITH ('connector' = 'mysql', 'partial' = 'true');
        CREATE TABLE v (j STRING, k STRING, c BIGINT, d BIGINT, PRIMARY KEY (j, k) NOT ENFORCED) WITH ('connector' = 'mysql', 'partial' = 'true', 'sink.version-column' = 'v');
        CREATE TABLE c (j STRING, k STRING, c BIGINT, PRIMARY KEY (j, k) NOT ENFORCED) WITH ('connector' = 'mysql', 'table-name' = 't');
        CREATE TABLE d (j STRING, k STRING, d BIGINT, PRIMARY KEY (j, k) NOT ENFORCED) WITH ('connector' = 'mysql', 'table-name' = 't');
        CREATE TABLE print (k STRING, c BIGINT) WITH ('connector' = 'print');
        {one};
        {other};
        """), new TestConnectors());
}
