using MySqlConnector;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Databases;

/// <summary>What MariaDB makes of our tables, and says of those of others.</summary>
public sealed class MariaDbTableTests(MariaDbFixture servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MySqlFlavour.MariaDb, false)]
    [InlineData(MySqlFlavour.MariaDb, true)]
    [InlineData(MySqlFlavour.MySql57, false)]
    public async Task Every_type_makes_a_table_in_which_nothing_is_found(MySqlFlavour flavour, bool notNull)
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        SinkTable[] tables =
        [
            SinkTables.Of(SinkTables.EveryType, 5, "every type", notNull), SinkTables.Of(SinkTables.EveryKeyType, SinkTables.EveryKeyType.Length - 2, "every_key"),
            SinkTables.Of([.. Enumerable.Repeat(SqlType.String, 16)], 16, "sixteen"),
            SinkTables.Of([SqlType.BigInt, SqlType.Int], 1, "Sel`ect") with { VersionColumn = "Version" },
        ];
        foreach (var table in tables)
        {
            var sql = new MySqlDialect(flavour).CreateTable(table);
            await server.ExecuteAsync(database, sql, Stop);
            await server.ExecuteAsync(database, sql, Stop);

            var found = await FindAsync(server.ConnectionString(database), table);
            // Many texts share one key, so that each is short; and only MariaDB's own collation tells trailing blanks apart.
            string[] told = [.. table.Definition.PrimaryKey.Count > 5 ? ["takes at most"] : Array.Empty<string>(), .. flavour == MySqlFlavour.MariaDb ? Array.Empty<string>() : ["takes 'app1' and 'app1 ' for the same key"]];
            Assert.All(found, f => Assert.Contains(told, t => f.Contains(t, StringComparison.Ordinal)));
            Assert.Equal(table.Definition.PrimaryKey.Count > 5, found.Length > 0);
        }
    }

    [Fact]
    public async Task A_table_is_read_as_it_is()
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        await server.ExecuteAsync(database, """
            CREATE TABLE t (
              id BIGINT AUTO_INCREMENT, a VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, b DECIMAL(10,2) UNSIGNED DEFAULT 1, c CHAR(5) CHARACTER SET latin1 COLLATE latin1_bin,
              d VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, e DATETIME(3), f INT GENERATED ALWAYS AS (1 + 1) STORED, g LONGTEXT, h VARBINARY(5), i ENUM('a)','b'),
              PRIMARY KEY (id), UNIQUE uk (a, e), UNIQUE part (g(10)));
            """, Stop);

        var table = await ReadAsync(server.ConnectionString(database), SinkTables.Make([new("a", SqlType.String, false)], [0]));

        Assert.NotNull(table);
        Assert.Equal(
            [
                ("id", "bigint(20)", false, true, false), ("a", "varchar(10)", false, false, false), ("b", "decimal(10,2) unsigned", true, true, false), ("c", "char(5)", true, true, false),
                ("d", "varchar(10)", true, true, false), ("e", "datetime(3)", true, true, false), ("f", "int(11)", true, true, true), ("g", "longtext", true, true, false),
                ("h", "varbinary(5)", true, true, false), ("i", "enum('a)','b')", true, true, false),
            ],
            table.Columns.Select(c => (c.Name, c.Type, c.IsNullable, c.HasDefault, c.IsGenerated)));
        Assert.Equal(["id"], table.PrimaryKey);
        Assert.Equal(["part: g(10)", "uk: a,e"], table.UniqueIndexes.Select(u => $"{u.Name}: {string.Join(',', u.Columns)}"));
        Assert.Equal(
            [
                new("utf8mb4_general_ci", false, true) { Exact = "utf8mb4_nopad_bin" }, new("latin1_bin", true, true) { Exact = "utf8mb4_nopad_bin" },
                new("utf8mb4_nopad_bin", true, false),
            ],
            table.Columns.Take(5).Select(c => c.Collation).Where(c => c is not null));
        Assert.Empty(table.MissingPrivileges);
    }

    [Fact]
    public async Task What_the_user_may_not_is_found()
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        await server.ExecuteAsync(database, $"""
            CREATE TABLE consume (appkey VARCHAR(10) COLLATE utf8mb4_nopad_bin, dt DATE, amount DOUBLE, PRIMARY KEY (appkey, dt));
            CREATE TABLE hidden LIKE consume;
            CREATE USER {database}_reader IDENTIFIED BY 'p', {database}_writer IDENTIFIED BY 'p';
            CREATE ROLE {database}_role;
            GRANT SELECT, INSERT ON {database}.consume TO {database}_reader;
            GRANT ALL ON {database}.* TO {database}_role;
            GRANT {database}_role TO {database}_writer;
            SET DEFAULT ROLE {database}_role FOR {database}_writer;
            """, Stop);
        string As(string user) => new MySqlConnectionStringBuilder(server.ConnectionString(database)) { UserID = $"{database}_{user}", Password = "p" }.ToString();
        var table = SinkTables.Make([new("appkey", new(SqlKind.String, 10), false), new("dt", SqlType.Date, false), new("amount", SqlType.Double, false)], [0, 1], "consume");
        var user = $"{database}_reader";

        Are(
            [$"the user may not UPDATE, DELETE in table 'consume'; to allow it: GRANT UPDATE, DELETE ON `consume` TO '{user}'@'%'"],
            await FindAsync(As("reader"), table));
        Are(
            [$"the user may not UPDATE in table 'consume'; to allow it: GRANT UPDATE ON `consume` TO '{user}'@'%'"],
            await FindAsync(As("reader"), table with { Deletes = DeleteStrategy.Ignore }));
        Are(
            [$"the user may not INSERT, UPDATE, DELETE, SELECT in table 'hidden'; to allow it: GRANT INSERT, UPDATE, DELETE, SELECT ON `hidden` TO '{user}'@'%'"],
            await FindAsync(As("reader"), table with { Name = "hidden" }));
        Are([], await FindAsync(As("writer"), table));
        Assert.Null(await ReadAsync(As("writer"), table with { Name = "nowhere" }));
        Assert.Null(await ReadAsync(As("writer"), table with { Name = "CONSUME" }));
    }

    [Fact]
    public async Task What_comparison_says_to_do_does_it()
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        await server.ExecuteAsync(database, """
            CREATE TABLE consume (
              appkey CHAR(32) CHARACTER SET latin1 NOT NULL, dt DATETIME NOT NULL, amount INT NOT NULL DEFAULT 7 COMMENT 'what''s spent, \\ 的', note VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
              at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'now') ENGINE=InnoDB
            """, Stop);
        var table = SinkTables.Make(
            [new("appkey", new(SqlKind.String, 32), false), new("dt", SqlType.Timestamp(3), false), new("amount", SqlType.Double, false), new("note", SqlType.String, false),
                new("at", SqlType.Timestamp(), false), new("more", SqlType.Int, false)],
            [0, 1], "consume") with { VersionColumn = "v" };

        // Twice: a column is one statement's at a time.
        for (var i = 0; i < 2; i++)
        {
            foreach (var finding in await FindAsync(server.ConnectionString(database), table))
                if (finding.IndexOf("ALTER TABLE", StringComparison.Ordinal) is var at and >= 0)
                    await server.ExecuteAsync(database, finding[at..], Stop);
        }

        Are([], await FindAsync(server.ConnectionString(database), table));
        var made = await ReadAsync(server.ConnectionString(database), table);
        Assert.Equal(
            [("amount", "double", "DEFAULT 7", @"COMMENT 'what''s spent, \\ 的'"), ("at", "datetime(6)", "DEFAULT current_timestamp(6) ON UPDATE CURRENT_TIMESTAMP(6)", "COMMENT 'now'")],
            made!.Columns.Where(c => c.Name is "amount" or "at").Select(c => (c.Name, c.Type, c.Default, c.Comment)));
    }

    [Theory]
    [InlineData(MySqlFlavour.MariaDb, "NULL", "", "")]
    [InlineData(MySqlFlavour.MariaDb, "'it''s'", "", "DEFAULT 'it''s'")]
    [InlineData(MySqlFlavour.MySql80, null, "auto_increment", "AUTO_INCREMENT")]
    [InlineData(MySqlFlavour.MySql80, "it's", "", "DEFAULT 'it''s'")]
    [InlineData(MySqlFlavour.MySql80, "NULL", "", "DEFAULT 'NULL'")]
    [InlineData(MySqlFlavour.MySql80, "uuid()", "DEFAULT_GENERATED", "DEFAULT (uuid())")]
    [InlineData(MySqlFlavour.MySql80, "CURRENT_TIMESTAMP(3)", "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)", "DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)")]
    [InlineData(MySqlFlavour.MySql57, "CURRENT_TIMESTAMP", "on update CURRENT_TIMESTAMP", "DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")]
    [InlineData(MySqlFlavour.MySql57, "b'0'", "", "DEFAULT b'0'")]
    public void A_default_is_said_as_SQL_has_it(MySqlFlavour flavour, string? value, string extra, string expected) =>
        Assert.Equal(expected, MySqlCatalog.DefaultOf(value, extra, flavour));

    private static void Are(string[] expected, string[] actual) => Assert.Equal(expected, actual);

    private static async Task<string[]> FindAsync(string connection, SinkTable table) =>
        [.. TableComparison.Compare(table, await ReadAsync(connection, table), new MySqlDialect(MySqlFlavour.MariaDb)).Select(f => f.Message)];

    private static async Task<ActualTable?> ReadAsync(string connectionString, SinkTable table)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(Stop);
        return await MySqlCatalog.ReadAsync(connection, table, Stop);
    }
}
