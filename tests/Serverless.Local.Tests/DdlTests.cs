namespace Serverless.Local.Tests;

public sealed class DdlTests : IDisposable
{
    private const string Job = """
        CREATE TABLE events (app STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'events', 'properties.bootstrap.servers' = '${KAFKA}', 'format' = 'json');
        CREATE TABLE totals (app STRING, total BIGINT NOT NULL, PRIMARY KEY (app) NOT ENFORCED) WITH (OPTIONS);
        INSERT INTO totals SELECT app, COUNT(n) FROM events GROUP BY app;
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("recharge.sql", "consume.hologres.sql")]
    [InlineData("pvuv.sql", "result_cps_total_summary_pvuv_min.mysql.sql")]
    public async Task The_tables_of_our_own_jobs_are_those_in_infra(string job, string file)
    {
        var result = await Cli.RunAsync("ddl", Repository.Job(job));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "infra", "sql", file), TestContext.Current.CancellationToken),
            result.Output.Replace(Repository.Root + "/", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_kind_of_table_is_that_of_the_golden_file()
    {
        File.Copy(Path.Combine(Repository.Root, "tests", "Serverless.Local.Tests", "Golden", "ddl.sql"), _folder["ddl.sql"]);

        var result = await Cli.RunAsync("ddl", _folder["ddl.sql"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Serverless.Local.Tests", "Golden", "ddl.txt"), TestContext.Current.CancellationToken),
            result.Output.Replace(_folder.Path + "/", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("8.0", "COLLATE=utf8mb4_0900_bin;")]
    [InlineData("mariadb", "COLLATE=utf8mb4_nopad_bin;")]
    [InlineData("5.7", "COLLATE=utf8mb4_bin;")]
    public async Task A_MySQL_table_is_made_for_the_server_that_is_said(string version, string collation)
    {
        var script = Script("'connector' = 'jdbc', 'url' = 'jdbc:mysql://${HOST}/${DATABASE}', 'table-name' = 'totals', 'username' = '${USER}', 'password' = '${PASSWORD}'");

        var result = await Cli.RunAsync("ddl", script, "--mysql", version);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 {collation}\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(version == "5.7", result.Output.Contains("-- MySQL 5.7 has no collation that tells 'app1' and 'app1 ' apart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Hologres_table_may_be_made_for_PostgreSQL_in_its_place()
    {
        var result = await Cli.RunAsync("ddl", Repository.Job("recharge.sql"), "--hologres", "postgresql");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("set_table_property", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("  PRIMARY KEY (\"appkey\", \"dt\")\n);\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_column_stands_behind_the_scripts()
    {
        var result = await Cli.RunAsync("ddl", Script(
            "'connector' = 'jdbc', 'url' = 'jdbc:postgresql://${HOST}/db', 'table-name' = 'sales.totals', 'username' = 'u', 'password' = '${PASSWORD}', 'sink.version-column' = 'version'"));

        Assert.EndsWith(
            """
            CREATE TABLE IF NOT EXISTS "sales"."totals" (
              "app" text NOT NULL,
              "total" bigint NOT NULL,
              "version" bigint NOT NULL DEFAULT 0,
              PRIMARY KEY ("app")
            );

            """.ReplaceLineEndings("\n"), result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tables_name_may_be_a_setting_and_must_then_be_there()
    {
        var script = Script("'connector' = 'hologres', 'endpoint' = '${HOST}', 'dbname' = 'db', 'tablename' = '${TABLE}', 'username' = 'u', 'password' = '${PASSWORD}'");

        var without = await Cli.RunAsync("ddl", script);
        var with = await Cli.RunAsync(["ddl", script], name => name == "TABLE" ? "dm.totals" : null, "", TestContext.Current.CancellationToken);

        Assert.Equal(1, without.ExitCode);
        Assert.Equal("", without.Output);
        Assert.Equal("error: option 'tablename' needs the setting 'TABLE', which is not set: set it as an environment variable (or an app setting), or write the value into the option\n", without.Error);
        Assert.Contains("CREATE TABLE IF NOT EXISTS \"dm\".\"totals\" (", with.Output, StringComparison.Ordinal);
        Assert.Contains("CALL set_table_property('dm.totals', 'orientation', 'column');", with.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_with_errors_has_no_tables()
    {
        var result = await Cli.RunAsync("ddl", Repository.Job("recharge.sql"), Script("'connector' = 'nothing'"));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("error: unknown connector 'nothing'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_break_in_a_name_makes_no_statement_of_a_comment()
    {
        var script = _folder.Write("job.sql", "SET 'pipeline.name' = 'a\nDROP TABLE b;';\n" + Job.Replace("OPTIONS", "'connector' = 'blackhole'", StringComparison.Ordinal));

        var result = await Cli.RunAsync("ddl", script);

        Assert.Equal($"-- job a DROP TABLE b; ({script}) writes 'totals', which is in no database: there is nothing to make\n", result.Output);
    }

    private string Script(string options) => _folder.Write("job.sql", Job.Replace("OPTIONS", options, StringComparison.Ordinal));
}
