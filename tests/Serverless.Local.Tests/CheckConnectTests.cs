using System.Globalization;
using Serverless.Connectors.Kafka;

namespace Serverless.Local.Tests;

/// <summary><c>check --connect</c> against real servers.</summary>
public sealed class CheckConnectTests(PostgreSqlFixture postgreSqls, MariaDbFixture mariaDbs) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly EmbeddedBroker _broker = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public async Task The_tables_that_ddl_makes_are_as_our_own_jobs_need_them()
    {
        var settings = await SettingsAsync();
        var (postgreSql, mariaDb, database, _) = settings;
        await postgreSql.ExecuteAsync(database, "CREATE PROCEDURE set_table_property(tab text, property text, value text) LANGUAGE sql AS ''", Stop);
        await postgreSql.ExecuteAsync(database, await DdlAsync("recharge.sql"), Stop);
        await mariaDb.ExecuteAsync(database, await DdlAsync("pvuv.sql"), Stop);

        var result = await CheckAsync(settings, Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"));

        Assert.Equal([$"{Repository.Job("recharge.sql")}: ok (recharge; tables ok)", $"{Repository.Job("pvuv.sql")}: ok (pvuv; tables ok)", ""], result.Lines);
        Assert.DoesNotContain("warning", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_table_with_warnings_is_not_called_ok()
    {
        var settings = await SettingsAsync();
        var (postgreSql, _, database, _) = settings;
        await postgreSql.ExecuteAsync(database, "CREATE TABLE consume (appkey text, serverid text, servertime text, roleid varchar(9), amount double precision, dt text, PRIMARY KEY (appkey, dt))", Stop);

        var result = await CheckAsync(settings, Repository.Job("recharge.sql"));

        Assert.Equal([$"{Repository.Job("recharge.sql")}: ok (recharge; tables with 1 warning)", ""], result.Lines);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_an_error_at_its_name()
    {
        var result = await CheckAsync(await SettingsAsync(), Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(
            """
            recharge.sql:23:24: error: there is no table 'consume' in the database, or the user may not see it; serverless-sql ddl SCRIPT prints what makes it
               23 | CREATE TEMPORARY TABLE consume (
                  |                        ^^^^^^^

            """.ReplaceLineEndings("\n"), result.Error, StringComparison.Ordinal);
        Assert.Contains("error: there is no table 'result_cps_total_summary_pvuv_min' in the database", result.Error, StringComparison.Ordinal);
        Assert.Equal([$"{Repository.Job("recharge.sql")}: 1 error", $"{Repository.Job("pvuv.sql")}: 1 error", ""], result.Lines);
    }

    [Fact]
    public async Task Run_names_all_that_is_wrong_with_tables_at_its_place_as_check_does()
    {
        var settings = await SettingsAsync();
        await settings.PostgreSql.ExecuteAsync(settings.Database, "CREATE TABLE consume (appkey text, serverid int, servertime text, roleid text, amount double precision, dt text, PRIMARY KEY (appkey, dt))", Stop);
        string[] scripts = [Repository.Job("recharge.sql"), Repository.Job("pvuv.sql")];

        var check = await CheckAsync(settings, scripts);
        var run = await RunAsync(settings, scripts);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(Found(check), Found(run));
        Assert.Equal(2, Found(run).Count(l => l.Contains(": error: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Tables_that_are_not_there_are_made_where_that_is_wanted_as_the_servers_need_them()
    {
        var settings = await SettingsAsync();
        string[] scripts = [Repository.Job("recharge.sql"), Repository.Job("pvuv.sql")];

        var run = await RunAsync(settings, ["--create-tables", .. scripts]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains($"Table consume is made, at {TestServer.Host}:{settings.PostgreSql.Port}/{settings.Database}", run.Error, StringComparison.Ordinal);
        Assert.Equal([$"{scripts[0]}: ok (recharge; tables ok)", $"{scripts[1]}: ok (pvuv; tables ok)", ""], (await CheckAsync(settings, scripts)).Lines);
    }

    [Fact]
    public async Task Every_trap_of_a_MySQL_table_is_named_with_what_to_do()
    {
        var settings = await SettingsAsync();
        var (_, mariaDb, database, _) = settings;
        await mariaDb.ExecuteAsync(database, """
            CREATE TABLE result_cps_total_summary_pvuv_min (
              summary_date DATE NOT NULL, summary_min VARCHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, pv INT, uv VARCHAR(20), currenttime TIMESTAMP NULL,
              operator VARCHAR(10) NOT NULL, PRIMARY KEY (summary_date, summary_min), UNIQUE KEY by_minute (summary_min))
            """, Stop);

        var result = await CheckAsync(settings, Repository.Job("pvuv.sql"));

        Assert.Equal(2, result.ExitCode);
        string[] expected =
        [
            "pvuv.sql:38:14: warning: unique index 'by_minute' (summary_min) of table 'result_cps_total_summary_pvuv_min' is not the script's key: rows with the same values there overwrite each other; drop it, or make it the key",
            "pvuv.sql:38:14: error: column 'operator' of table 'result_cps_total_summary_pvuv_min' is NOT NULL without a default, and not in the script: no row can be inserted; add it to the script, give it a default, or let it be NULL",
            "pvuv.sql:40:3: warning: column 'summary_min' of table 'result_cps_total_summary_pvuv_min' is varchar(5) in the database and STRING in the script: it takes at most 5 characters; to change it: ALTER TABLE `result_cps_total_summary_pvuv_min` MODIFY `summary_min` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL",
            "pvuv.sql:40:3: warning: key column 'summary_min' of table 'result_cps_total_summary_pvuv_min' takes 'App1' and 'app1', and 'app1' and 'app1 ' for the same key (collation utf8mb4_general_ci): their rows overwrite each other; to tell them apart: ALTER TABLE `result_cps_total_summary_pvuv_min` MODIFY `summary_min` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL",
            "pvuv.sql:41:3: warning: column 'pv' of table 'result_cps_total_summary_pvuv_min' is int(11) in the database and BIGINT in the script: it takes only -2147483648 to 2147483647; to change it: ALTER TABLE `result_cps_total_summary_pvuv_min` MODIFY `pv` BIGINT",
            "pvuv.sql:42:3: warning: column 'uv' of table 'result_cps_total_summary_pvuv_min' is varchar(20) in the database and BIGINT in the script: it holds a number as text, and orders and compares it so; to change it: ALTER TABLE `result_cps_total_summary_pvuv_min` MODIFY `uv` BIGINT",
            "pvuv.sql:43:3: warning: column 'currenttime' of table 'result_cps_total_summary_pvuv_min' is timestamp in the database and TIMESTAMP(6) in the script: it takes the time for one in UTC, from 1970 to 2038 only, and shows it in the reader's zone; to change it: ALTER TABLE `result_cps_total_summary_pvuv_min` MODIFY `currenttime` DATETIME(6)",
        ];
        Assert.Equal(expected, Found(result));
        Assert.Equal([$"{Repository.Job("pvuv.sql")}: 1 error", ""], result.Lines);
    }

    [Fact]
    public async Task Every_trap_of_a_PostgreSQL_table_is_named_with_what_to_do()
    {
        var settings = await SettingsAsync();
        var (postgreSql, _, database, _) = settings;
        await postgreSql.ExecuteAsync(database, """
            CREATE TABLE consume (
              appkey text NOT NULL, serverid int, servertime varchar(10), roleid text NOT NULL, amount double precision GENERATED ALWAYS AS (1) STORED, dt text,
              operator text NOT NULL, PRIMARY KEY (appkey));
            """, Stop);

        var result = await CheckAsync(settings, Repository.Job("recharge.sql"));

        Assert.Equal(2, result.ExitCode);
        string[] expected =
        [
            "recharge.sql:23:24: error: the primary key of table 'consume' is (appkey), and the script's is (appkey, dt): make them the same",
            "recharge.sql:23:24: error: column 'operator' of table 'consume' is NOT NULL without a default, and not in the script: no row can be inserted; add it to the script, give it a default, or let it be NULL",
            "recharge.sql:25:3: error: column 'serverid' of table 'consume' is integer in the database and STRING in the script: it takes no text",
            "recharge.sql:26:3: warning: column 'servertime' of table 'consume' is character varying(10) in the database and STRING in the script: it takes at most 10 characters",
            "recharge.sql:27:3: warning: column 'roleid' of table 'consume' is NOT NULL: a row in which it is NULL becomes a dead letter; write NOT NULL in the script if the query never makes it NULL",
            "recharge.sql:28:3: error: column 'amount' of table 'consume' is computed by the database and takes no value: leave it out of the script, or make it a plain column",
        ];
        Assert.Equal(expected, Found(result));
        Assert.Equal([$"{Repository.Job("recharge.sql")}: 4 errors", ""], result.Lines);
    }

    [Fact]
    public async Task What_the_user_may_not_do_is_an_error()
    {
        var settings = await SettingsAsync();
        var (postgreSql, _, database, _) = settings;
        await postgreSql.ExecuteAsync(database, $"""
            CREATE TABLE consume (appkey text, serverid text, servertime text, roleid text, amount double precision, dt text, PRIMARY KEY (appkey, dt));
            CREATE ROLE {database}_reader LOGIN PASSWORD 's3cret-reader';
            GRANT SELECT ON consume TO {database}_reader;
            """, Stop);

        var result = await CheckAsync(
            settings with { More = new() { ["HOLOGRES_USERNAME"] = $"{database}_reader", ["HOLOGRES_PASSWORD"] = "s3cret-reader" } }, Repository.Job("recharge.sql"));

        Assert.Equal(2, result.ExitCode);
        Assert.Equal([$"recharge.sql:23:24: error: the user may not INSERT, UPDATE, DELETE in table 'consume'; to allow it: GRANT INSERT, UPDATE, DELETE ON \"consume\" TO {database}_reader"], Found(result));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_an_error_in_its_own_words_and_without_its_password()
    {
        var settings = await SettingsAsync();

        var wrong = await CheckAsync(
            settings with { More = new() { ["HOLOGRES_PASSWORD"] = "s3cret-wrong-1", ["RDS_PASSWORD"] = "s3cret-wrong-2" } }, Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"));
        var away = await CheckAsync(settings with { More = new() { ["HOLOGRES_ENDPOINT"] = "127.0.0.1:1", ["RDS_ENDPOINT"] = "127.0.0.1:1" } }, Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"));

        Assert.Equal((2, 2), (wrong.ExitCode, away.ExitCode));
        Assert.Contains($"error: table 'consume' at 127.0.0.1:{settings.PostgreSql.Port}/{settings.Database}: password authentication failed for user \"postgres\"", wrong.Error, StringComparison.Ordinal);
        Assert.Contains($"error: table 'result_cps_total_summary_pvuv_min' at 127.0.0.1:{settings.MariaDb.Port}/{settings.Database}: Access denied for user 'admin'", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("error: table 'consume' at 127.0.0.1:1/", away.Error, StringComparison.Ordinal);
        Assert.Contains("error: table 'result_cps_total_summary_pvuv_min' at 127.0.0.1:1/", away.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_are_missing_are_named_all_at_once_before_anything_is_connected_to()
    {
        var result = await Cli.RunAsync("check", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--connect");

        Assert.Equal(2, result.ExitCode);
        foreach (var name in (string[])["KAFKA_BROKERS", "HOLOGRES_ENDPOINT", "HOLOGRES_DATABASE", "HOLOGRES_USERNAME", "HOLOGRES_PASSWORD", "RDS_ENDPOINT", "RDS_DATABASE", "RDS_USERNAME", "RDS_PASSWORD"])
            Assert.Contains($"needs the setting '{name}', which is not set", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_in_no_database_are_not_spoken_of()
    {
        var script = _folder.Write("job.sql", """
            CREATE TABLE s (a STRING) WITH ('connector' = 'filesystem', 'path' = 's.jsonl', 'format' = 'json');
            CREATE TABLE t (a STRING, n BIGINT) WITH ('connector' = 'print');
            INSERT INTO t SELECT a, COUNT(*) FROM s GROUP BY a;
            """);

        var result = await Cli.RunAsync("check", "--connect", script);

        Assert.Equal((0, $"{script}: ok (job)\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task A_topic_that_cannot_be_read_is_an_error_with_what_to_do_and_without_the_password()
    {
        _broker.CreateTopic("events", 1);

        Assert.Equal((0, "job.sql: ok (job; tables ok)\n", ""), await CheckTopicAsync("events", _broker.BootstrapServers));
        var missing = await CheckTopicAsync("evnets", _broker.BootstrapServers);
        var away = await CheckTopicAsync("events", "127.0.0.1:1");
        var refused = await CheckTopicAsync(
            "events", _broker.BootstrapServers,
            ", 'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.jaas.config' = 'x.PlainLoginModule required username=\"u\" password=\"s3cret\";'");

        Assert.Equal((2, 2, 2), (missing.ExitCode, away.ExitCode, refused.ExitCode));
        Assert.StartsWith($"job.sql:1:14: error: topic 'evnets' is not there, at {_broker.BootstrapServers}; did you mean 'events'?\n", missing.Error, StringComparison.Ordinal);
        Assert.Contains("no broker answers: Connect to ipv4#127.0.0.1:1 failed: Connection refused; check 'properties.bootstrap.servers'", away.Error, StringComparison.Ordinal);
        Assert.Contains("the brokers have no users: ", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Error, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Error)> CheckTopicAsync(string topic, string brokers, string more = "")
    {
        var script = _folder.Write("job.sql", $"""
            CREATE TABLE s (a STRING) WITH ('connector' = 'kafka', 'topic' = '{topic}', 'format' = 'json', 'properties.bootstrap.servers' = '{brokers}'{more});
            CREATE TABLE t (a STRING, n BIGINT, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO t SELECT a, COUNT(*) FROM s GROUP BY a;
            """);
        var result = await Cli.RunAsync("check", "--connect", script);
        return (result.ExitCode, result.Output.Replace(script, "job.sql", StringComparison.Ordinal), result.Error.Replace(script, "job.sql", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_a_script_has_errors_only_the_others_tables_are_looked_at()
    {
        var settings = await SettingsAsync();
        var broken = _folder.Write("broken.sql", "SELEC 1;");

        var result = await CheckAsync(settings, broken, Repository.Job("pvuv.sql"));

        Assert.Equal(2, result.ExitCode);
        Assert.Equal([$"{broken}: 1 error", $"{Repository.Job("pvuv.sql")}: 1 error", ""], result.Lines);
    }

    // The first lines of what is said, notices left out.
    private static string[] Found(CliResult result) =>
        [.. result.Error.Split('\n').Where(l => l.Contains(": error: ", StringComparison.Ordinal) || l.Contains(": warning: ", StringComparison.Ordinal)).Select(l => l[(l.LastIndexOf("/jobs/", StringComparison.Ordinal) + 6)..])];

    private static async Task<string> DdlAsync(string job) => (await Cli.RunAsync("ddl", Repository.Job(job), "--mysql", "mariadb")).Output;

    private static async Task<CliResult> CheckAsync(Settings settings, params string[] scripts)
    {
        var result = await Cli.RunAsync(["check", "--connect", .. scripts], settings.Get, "", Stop);
        Assert.DoesNotContain("s3cret", result.Output + result.Error, StringComparison.Ordinal);
        return result;
    }

    private async Task<CliResult> RunAsync(Settings settings, string[] args)
    {
        var result = await Cli.RunAsync(["run", .. args, "--until-idle", "--state", _folder["state"]], settings.Get, "", Stop);
        Assert.DoesNotContain("s3cret", result.Output + result.Error, StringComparison.Ordinal);
        return result;
    }

    private async Task<Settings> SettingsAsync()
    {
        var (postgreSql, database) = await postgreSqls.DatabaseAsync(Stop);
        var mariaDb = await mariaDbs.ServerAsync();
        database = $"check_{database}";
        await postgreSql.CreateDatabaseAsync(database, Stop);
        await mariaDb.CreateDatabaseAsync(database, Stop);
        _broker.CreateTopic("game_consume_log", 1);
        _broker.CreateTopic("pv-uv", 1);
        return new Settings(postgreSql, mariaDb, database, _broker.BootstrapServers);
    }

    /// <summary>A database of one name on both servers, and what the jobs' settings are for it.</summary>
    private sealed record Settings(PostgreSqlServer PostgreSql, MariaDbServer MariaDb, string Database, string Brokers)
    {
        public Dictionary<string, string> More { get; init; } = [];

        public string? Get(string name) => More.GetValueOrDefault(name) ?? name switch
        {
            "KAFKA_BROKERS" => Brokers,
            "KAFKA_SECURITY_PROTOCOL" => "PLAINTEXT",
            "HOLOGRES_ENDPOINT" => string.Create(CultureInfo.InvariantCulture, $"{TestServer.Host}:{PostgreSql.Port}"),
            "RDS_ENDPOINT" => string.Create(CultureInfo.InvariantCulture, $"{TestServer.Host}:{MariaDb.Port}"),
            "HOLOGRES_DATABASE" or "RDS_DATABASE" => Database,
            "HOLOGRES_USERNAME" => PostgreSqlServer.Username,
            "HOLOGRES_PASSWORD" => PostgreSqlServer.Password,
            "RDS_USERNAME" => MariaDbServer.Username,
            "RDS_PASSWORD" => MariaDbServer.Password,
            _ => null,
        };
    }
}
