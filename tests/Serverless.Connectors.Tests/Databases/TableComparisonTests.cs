using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Databases;

public sealed class TableComparisonTests
{
    private static readonly ActualCollation Exact = new("utf8mb4_0900_bin", IsBinary: true, PadsBlanks: false);

    [Fact]
    public void A_table_as_the_script_says_has_no_finding()
    {
        Are([], Compare(SinkTables.Consume(), MySql()));
        Are([], Compare(SinkTables.Consume(), PostgreSql()));
    }

    [Fact]
    public void A_table_that_is_not_there_is_an_error_that_says_how_to_make_it() => Are(
        ["Error: there is no table 'sales.consume' in the database, or the user may not see it; serverless-sql ddl SCRIPT prints what makes it"],
        [.. TableComparison.Compare(SinkTables.Consume("sales"), null, new PostgreSqlDialect()).Select(f => $"{f.Severity}: {f.Message}")]);

    [Fact]
    public void A_column_that_is_not_there_is_an_error_at_its_place()
    {
        var actual = MySql();
        actual = actual with { Columns = [actual.Columns[0], actual.Columns[1], Column("amont", "double")] };

        var finding = Assert.Single(TableComparison.Compare(SinkTables.Consume(), actual, new MySqlDialect()));

        Assert.Equal(
            new TableDiagnostic(Severity.Error, 2, "table 'consume' has no column 'amount'; did you mean 'amont'?; to add it: ALTER TABLE `consume` ADD COLUMN `amount` DOUBLE"),
            finding);
    }

    [Fact]
    public void MySQL_finds_columns_in_any_letter_case_and_PostgreSQL_does_not()
    {
        static ActualTable Renamed(ActualTable table) => table with { Columns = [.. table.Columns.Select(c => c with { Name = c.Name.ToUpperInvariant() })], PrimaryKey = ["APPKEY", "DT"] };

        Are([], Compare(SinkTables.Consume(), Renamed(MySql())));
        Assert.Contains("Error: table 'consume' has no column 'dt'", string.Join('\n', Compare(SinkTables.Consume(), Renamed(PostgreSql()))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new string[0], "Error: table 'consume' has no primary key, so that no row could be replaced; to add the script's: ALTER TABLE `consume` ADD PRIMARY KEY (`appkey`, `dt`)")]
    [InlineData(new[] { "appkey" }, "Error: the primary key of table 'consume' is (appkey), and the script's is (appkey, dt): make them the same")]
    [InlineData(new[] { "dt", "appkey" }, null)]
    public void Another_primary_key_is_an_error(string[] key, string? finding) =>
        Are(finding is null ? [] : [finding], Compare(SinkTables.Consume(), MySql() with { PrimaryKey = key }));

    [Fact]
    public void A_unique_index_on_the_scripts_key_is_as_good_beside_a_key_that_the_database_fills()
    {
        var there = MySql();
        there = there with { Columns = [Column("id", "bigint(20)") with { IsNullable = false, HasDefault = true }, .. there.Columns], PrimaryKey = ["id"], UniqueIndexes = [new("uk", ["dt", "appkey"])] };

        Are([], Compare(SinkTables.Consume(), there));
        Are(
            ["Warning: the primary key (amount) of table 'consume' is not the script's key: rows with the same values there overwrite each other; drop it, or make it the key"],
            Compare(SinkTables.Consume(), there with { PrimaryKey = ["amount"] }));
    }

    [Fact]
    public void A_second_unique_index_is_a_warning_unless_it_can_never_matter()
    {
        UniqueIndex[] indexes = [new("by_day", ["dt"]), new("wider", ["dt", "amount", "appkey"]), new("not_ours", ["id"]), new("part", ["(lower(appkey))"])];

        Are(
            [
                "Warning: unique index 'by_day' (dt) of table 'consume' is not the script's key: rows with the same values there overwrite each other; drop it, or make it the key",
                "Warning: unique index 'part' ((lower(appkey))) of table 'consume' is not the script's key: rows with the same values there overwrite each other; drop it, or make it the key",
            ],
            Compare(SinkTables.Consume(), MySql() with { UniqueIndexes = indexes }));
        Assert.Contains("a second row with the same values there is refused and becomes a dead letter", Compare(SinkTables.Consume(), PostgreSql() with { UniqueIndexes = indexes })[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_the_script_does_not_have_must_take_care_of_themselves()
    {
        var there = PostgreSql();
        var other = Column("other", "text");
        ActualTable With(ActualColumn column) => there with { Columns = [.. there.Columns, column] };

        Are(
            ["Error: column 'other' of table 'consume' is NOT NULL without a default, and not in the script: no row can be inserted; add it to the script, give it a default, or let it be NULL"],
            Compare(SinkTables.Consume(), With(other with { IsNullable = false })));
        Are([], Compare(SinkTables.Consume(), With(other)));
        Are([], Compare(SinkTables.Consume(), With(other with { IsNullable = false, HasDefault = true })));
        Are([], Compare(SinkTables.Consume(), With(other with { IsNullable = false, IsGenerated = true })));
    }

    [Fact]
    public void A_column_that_the_database_computes_takes_no_value()
    {
        var there = PostgreSql();
        Are(
            ["Error: column 'amount' of table 'consume' is computed by the database and takes no value: leave it out of the script, or make it a plain column"],
            Compare(SinkTables.Consume(), there with { Columns = [there.Columns[0], there.Columns[1], there.Columns[2] with { IsGenerated = true }] }));
    }

    [Fact]
    public void A_column_that_takes_no_NULL_is_a_warning_where_the_script_does_not_say_so()
    {
        var (mySql, postgreSql) = (MySql(), PostgreSql());
        ActualTable NotNull(ActualTable table) => table with { Columns = [table.Columns[0], table.Columns[1], table.Columns[2] with { IsNullable = false }] };
        var says = SinkTables.Make([new("appkey", SqlType.String, false), new("dt", SqlType.Date, false), new("amount", SqlType.Double, true)], [0, 1], "consume");

        Are(
            ["Warning: column 'amount' of table 'consume' is NOT NULL: a row in which it is NULL becomes a dead letter; write NOT NULL in the script if the query never makes it NULL, or: ALTER TABLE `consume` MODIFY `amount` double"],
            Compare(SinkTables.Consume(), NotNull(mySql)));
        Are(
            ["Warning: column 'amount' of table 'consume' is NOT NULL: a row in which it is NULL becomes a dead letter; write NOT NULL in the script if the query never makes it NULL, or: ALTER TABLE \"consume\" ALTER COLUMN \"amount\" DROP NOT NULL"],
            Compare(SinkTables.Consume(), NotNull(postgreSql)));
        Are([], Compare(says, NotNull(mySql)));
        Are(
            ["Warning: column 'amount' of table 'consume' is NOT NULL: deletes, which make it NULL, become dead letters; to change it: ALTER TABLE `consume` MODIFY `amount` double"],
            Compare(says with { Deletes = DeleteStrategy.SetNull }, NotNull(mySql)));
    }

    [Theory]
    [InlineData("utf8mb4_general_ci", "varchar(64)", "'App1' and 'app1', and 'app1' and 'app1 '", "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL")]
    [InlineData("utf8mb4_0900_ai_ci", "varchar(64)", "'App1' and 'app1'", "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL")]
    [InlineData("utf8mb4_0900_as_cs", "varchar(64)", "two spellings of 'é'", "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL")]
    [InlineData("utf8mb4_general_ci", "varchar(300)", "'App1' and 'app1', and 'app1' and 'app1 '", "varchar(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL")]
    [InlineData("utf8mb4_bin", "char(64)", "'app1' and 'app1 '", "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL")]
    public void A_key_under_a_collation_that_takes_texts_for_the_same_is_a_warning_with_what_to_run(string collation, string type, string same, string change)
    {
        var there = MySql();
        there = there with { Columns = [there.Columns[0] with { Type = type, Collation = MySqlCatalog.CollationOf(collation, "utf8mb4_0900_bin") }, .. there.Columns.Skip(1)] };

        Are(
            [
                .. type == "varchar(300)" ? Array.Empty<string>() : [$"Warning: column 'appkey' of table 'consume' is {type} in the database and STRING in the script: it takes at most 64 characters; to change it: ALTER TABLE `consume` MODIFY `appkey` {change}"],
                $"Warning: key column 'appkey' of table 'consume' takes {same} for the same key (collation {collation}): their rows overwrite each other; to tell them apart: ALTER TABLE `consume` MODIFY `appkey` {change}",
            ],
            Compare(SinkTables.Consume(), there));
    }

    [Fact]
    public void Where_no_collation_tells_blanks_apart_the_query_must()
    {
        var there = MySql();
        there = there with { Columns = [there.Columns[0] with { Collation = MySqlCatalog.CollationOf("utf8mb4_bin", MySqlCatalog.ExactOn("5.7.44-log")) }, .. there.Columns.Skip(1)] };

        Are(
            ["Warning: key column 'appkey' of table 'consume' takes 'app1' and 'app1 ' for the same key (collation utf8mb4_bin): their rows overwrite each other; where keys may end in blanks, RTRIM them in the query"],
            Compare(SinkTables.Consume(), there));
    }

    [Theory]
    [InlineData("8.0.36", "utf8mb4_0900_bin")]
    [InlineData("9.1.0", "utf8mb4_0900_bin")]
    [InlineData("5.7.44-log", "utf8mb4_bin")]
    [InlineData("5.5.5-10.11.6-MariaDB-1", "utf8mb4_nopad_bin")]
    public void A_servers_most_exact_collation_goes_by_its_version(string version, string collation) => Assert.Equal(collation, MySqlCatalog.ExactOn(version));

    [Fact]
    public void A_version_column_must_be_there_and_hold_a_BIGINT()
    {
        var there = PostgreSql();
        var table = SinkTables.Consume() with { VersionColumn = "v" };
        ActualTable With(string type) => there with { Columns = [.. there.Columns, Column("v", type) with { IsNullable = false }] };

        Are(
            ["Error: table 'consume' has no column 'v', which 'sink.version-column' names; to add it: ALTER TABLE \"consume\" ADD COLUMN \"v\" BIGINT NOT NULL DEFAULT 0"],
            Compare(table, there));
        Are([], Compare(table, With("bigint")));
        Are(
            ["Error: column 'v' of table 'consume', which 'sink.version-column' names, must be a plain BIGINT, and is integer; to change it: ALTER TABLE \"consume\" ALTER COLUMN \"v\" TYPE BIGINT"],
            Compare(table, With("integer")));
        Are(["Error: column 'v' of table 'consume', which 'sink.version-column' names, must be a plain BIGINT, and is date; to change it: ALTER TABLE \"consume\" ALTER COLUMN \"v\" TYPE BIGINT"], Compare(table, With("date")));
    }

    [Fact]
    public void Without_any_privilege_nothing_else_is_said() => Are(
        ["Error: the user may not INSERT, UPDATE, DELETE, SELECT in table 'consume'; to allow it: GRANT INSERT, UPDATE, DELETE, SELECT ON `consume` TO the user"],
        Compare(SinkTables.Consume(), new ActualTable([], [], [], ["INSERT", "UPDATE", "DELETE", "SELECT"])));

    [Fact]
    public void Types_that_do_not_take_everything_say_what_they_take()
    {
        var cases = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Databases", "types.cases")).Where(l => l.Length > 0 && l[0] != '#').ToList();
        Assert.NotEmpty(cases);
        Assert.All(cases, line =>
        {
            var parts = line.Split('⇶', StringSplitOptions.TrimEntries);
            var types = parts[0].Split("into", StringSplitOptions.TrimEntries);
            var isMySql = types[0].StartsWith("mysql ", StringComparison.Ordinal);
            Dialect dialect = isMySql ? new MySqlDialect() : new PostgreSqlDialect();
            var script = ScriptCompiler.Compile(new SourceText("t.sql", Script(types[0][types[0].IndexOf(' ', StringComparison.Ordinal)..])), new ConnectorCatalog());
            var type = Assert.Single(script.Jobs).Sink.Columns[0].Type;
            var misfit = dialect.Fit(type, Column("c", types[1]) with { Collation = types[1].Contains("latin1", StringComparison.Ordinal) ? new("latin1_bin", true, true) : null });
            Assert.Equal(parts[1], misfit is null ? "takes all" : $"{misfit.Severity.ToString().ToLowerInvariant()}: {misfit.Text}");
        });
    }

    [Theory]
    [InlineData(SqlKind.Timestamp, "timestamp(6) without time zone")]
    [InlineData(SqlKind.TimestampLtz, "timestamp(6) with time zone")]
    public void A_key_with_more_digits_of_a_second_than_a_database_holds_is_a_warning(SqlKind kind, string type)
    {
        var table = SinkTables.Make([new("t", new(kind, 9), false), new("other", new(kind, 9), false)], [0], "r");
        var there = new ActualTable([Column("t", type) with { IsNullable = false }, Column("other", type)], ["t"], [], []);
        var finding = Assert.Single(TableComparison.Compare(table, there, new PostgreSqlDialect()));
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("and rows whose keys are then the same overwrite each other; write ", finding.Message, StringComparison.Ordinal);
    }

    private static string Script(string type) => $"""
        CREATE TABLE s (k INT, c {type}) WITH ('connector' = 'filesystem', 'path' = 's.jsonl', 'format' = 'json');
        CREATE TABLE t (c {type}, n BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO t SELECT LAST_VALUE(c), COUNT(*) FROM s GROUP BY k;
        """;

    private static ActualTable MySql() => new(
        [Column("appkey", "varchar(255)") with { IsNullable = false, Collation = Exact }, Column("dt", "date") with { IsNullable = false }, Column("amount", "double")],
        ["appkey", "dt"], [], []);

    private static ActualTable PostgreSql() => new(
        [Column("appkey", "text") with { IsNullable = false }, Column("dt", "date") with { IsNullable = false }, Column("amount", "double precision")], ["appkey", "dt"], [], []);

    private static ActualColumn Column(string name, string type) => new(name, type, IsNullable: true, HasDefault: false, IsGenerated: false, null);

    private static string[] Compare(SinkTable table, ActualTable actual)
    {
        Dialect dialect = actual.Columns.Any(c => c.Type is "text" or "double precision") ? new PostgreSqlDialect() : new MySqlDialect();
        return [.. TableComparison.Compare(table, actual, dialect).Select(f => $"{f.Severity}: {f.Message}")];
    }

    private static void Are(string[] expected, string[] actual) => Assert.Equal(expected, actual);
}
