using Npgsql;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.Hologres;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Databases;

/// <summary>What PostgreSQL makes of our tables, and says of those of others.</summary>
public sealed class PostgreSqlTableTests(PostgreSqlFixture servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_type_makes_a_table_in_which_nothing_is_found(bool notNull)
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        SinkTable[] tables =
        [
            SinkTables.Of(SinkTables.EveryType, 5, "every type", notNull), SinkTables.Of(SinkTables.EveryKeyType, SinkTables.EveryKeyType.Length, "every_key"),
            SinkTables.Of([SqlType.BigInt, SqlType.Int], 1, "Sel\"ect") with { VersionColumn = "Version" },
        ];
        foreach (var table in tables)
        {
            var sql = new PostgreSqlDialect().CreateTable(table);
            await server.ExecuteAsync(database, sql, Stop);
            await server.ExecuteAsync(database, sql, Stop);

            Are([], await FindAsync(server, database, table));
        }
    }

    [Fact]
    public async Task A_table_for_Hologres_is_made_in_one_transaction_with_its_properties()
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        await server.ExecuteAsync(database, """
            CREATE TABLE properties (tab text, property text, value text);
            CREATE PROCEDURE set_table_property(tab text, property text, value text) LANGUAGE sql AS 'INSERT INTO properties VALUES (tab, property, value)';
            CREATE SCHEMA "Sales";
            """, Stop);
        var consume = SinkTables.Consume("Sales");
        var versioned = SinkTables.Make([new("App", SqlType.String, false), new("n", SqlType.BigInt, false)], [0], "versioned") with { VersionColumn = "v" };

        foreach (var table in (SinkTable[])[consume, versioned])
            await server.ExecuteAsync(database, new HologresDialect().CreateTable(table), Stop);

        Are(
            [
                "\"Sales\".consume | orientation | column", "\"Sales\".consume | distribution_key | appkey,dt",
                "versioned | orientation | row,column", "versioned | distribution_key | \"App\"",
            ],
            await server.QueryAsync(database, "SELECT tab, property, value FROM properties", Stop));
        Are([], await FindAsync(server, database, consume));
        Are([], await FindAsync(server, database, versioned));
    }

    [Fact]
    public void A_key_that_Hologres_refuses_is_said_to_be_one() => Assert.StartsWith(
        "-- Hologres takes no DECIMAL(10, 2) (c0) in a primary key: CAST it to STRING in the query and in the table.\nBEGIN;",
        new HologresDialect().CreateTable(SinkTables.Of([SqlType.Decimal(10, 2), SqlType.Int], 1)), StringComparison.Ordinal);

    [Fact]
    public async Task A_table_is_read_as_it_is()
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        await server.ExecuteAsync(database, """
            CREATE DOMAIN name_of AS varchar(20) NOT NULL;
            CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE t (
              id bigint GENERATED ALWAYS AS IDENTITY, serial_id serial, a varchar(10) NOT NULL, b numeric(10,2) DEFAULT 1, c name_of, d text COLLATE loose,
              e timestamp(3) with time zone, f int GENERATED ALWAYS AS (serial_id + 1) STORED, g char(5), gone int, PRIMARY KEY (a, d), UNIQUE (id) INCLUDE (e));
            ALTER TABLE t DROP COLUMN gone;
            CREATE UNIQUE INDEX part ON t (b) WHERE b > 0;
            CREATE UNIQUE INDEX lower_a ON t (lower(a));
            CREATE INDEX plain ON t (e);
            """, Stop);

        var table = await ReadAsync(server, database, SinkTables.Make([new("a", SqlType.String, false)], [0]));

        Assert.NotNull(table);
        Assert.Equal(
            [
                ("id", "bigint", false, false, true), ("serial_id", "integer", false, true, false), ("a", "character varying(10)", false, false, false),
                ("b", "numeric(10,2)", true, true, false), ("c", "character varying(20)", false, false, false), ("d", "text", false, false, false),
                ("e", "timestamp(3) with time zone", true, false, false), ("f", "integer", true, true, true), ("g", "character(5)", true, false, false),
            ],
            table.Columns.Select(c => (c.Name, c.Type, c.IsNullable, c.HasDefault, c.IsGenerated)));
        Assert.Equal(["a", "d"], table.PrimaryKey);
        Assert.Equal(
            ["lower_a: (lower((a)::text))", "part: (b) WHERE (b > (0)::numeric)", "t_id_e_key: id"],
            table.UniqueIndexes.Select(u => $"{u.Name}: {string.Join(',', u.Columns)}"));
        Assert.Equal([new("default", true, false), new("default", true, false), new("loose", false, false), new("default", true, true)], table.Columns.Select(c => c.Collation).Where(c => c is not null));
        Assert.Empty(table.MissingPrivileges);
    }

    [Fact]
    public async Task What_the_user_may_not_is_found()
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        var user = $"{database}_reader";
        await server.ExecuteAsync(database, $"""
            CREATE ROLE {user} LOGIN PASSWORD 'p';
            CREATE SCHEMA hidden;
            CREATE TABLE hidden.consume (appkey text, dt date, amount double precision, PRIMARY KEY (appkey, dt));
            CREATE TABLE consume (LIKE hidden.consume INCLUDING ALL);
            GRANT SELECT, INSERT (appkey, dt, amount) ON consume TO {user};
            """, Stop);
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString(database)) { Username = user, Password = "p" }.ToString();

        Are(
            [$"the user may not UPDATE, DELETE in table 'consume'; to allow it: GRANT UPDATE, DELETE ON \"consume\" TO {user}"],
            await FindAsync(connection, SinkTables.Consume()));
        Are(
            [$"the user may not UPDATE in table 'consume'; to allow it: GRANT UPDATE ON \"consume\" TO {user}"],
            await FindAsync(connection, SinkTables.Consume() with { Deletes = DeleteStrategy.Ignore }));
        Are(
            [
                $"the user may not use the schema of table 'hidden.consume'; to allow it: GRANT USAGE ON SCHEMA \"hidden\" TO {user}",
                $"the user may not INSERT, UPDATE, DELETE, SELECT in table 'hidden.consume'; to allow it: GRANT INSERT, UPDATE, DELETE, SELECT ON \"hidden\".\"consume\" TO {user}",
            ],
            await FindAsync(connection, SinkTables.Consume("hidden")));
    }

    [Fact]
    public async Task What_comparison_says_of_a_column_is_what_the_server_does()
    {
        var (server, database) = await servers.DatabaseAsync(Stop);
        var dialect = new PostgreSqlDialect();
        string[] columns =
        [
            "boolean", "smallint", "integer", "bigint", "numeric", "numeric(38,2)", "real", "double precision", "text", "varchar(300)", "char(300)", "bytea", "date", "time", "timestamp",
            "timestamptz", "jsonb", "uuid", "text[]",
        ];
        SqlType[] types =
        [
            SqlType.Boolean, SqlType.SmallInt, SqlType.Int, SqlType.BigInt, SqlType.Decimal(10, 2), SqlType.Float, SqlType.Double, SqlType.String, SqlType.Bytes, SqlType.Date, SqlType.Time(),
            SqlType.Timestamp(), SqlType.TimestampLtz(),
        ];
        await using var connection = new NpgsqlConnection(server.ConnectionString(database));
        await connection.OpenAsync(Stop);
        foreach (var column in columns)
        {
            await server.ExecuteAsync(database, $"DROP TABLE IF EXISTS t; CREATE TABLE t (c {column})", Stop);
            foreach (var type in types)
            {
                var table = SinkTables.Of([type], 0);
                var actual = (await PostgreSqlCatalog.ReadAsync(connection, table with { Definition = table.Definition }, Stop))!.Columns[0];
                // The types alone decide, as no row is written.
                var error = await ErrorOfAsync(connection, $"INSERT INTO t SELECT * FROM unnest(ARRAY[]::{dialect.TypeOf(table, 0)}[])");

                Assert.True(error is null == dialect.Fit(type, actual) is not { Severity: Severity.Error }, $"{type} into {actual.Type}: {error ?? "taken"}");
            }
        }
    }

    private static async Task<string?> ErrorOfAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Stop);
            return null;
        }
        catch (PostgresException e)
        {
            return e.MessageText;
        }
    }

    private static Task<string[]> FindAsync(PostgreSqlServer server, string database, SinkTable table) => FindAsync(server.ConnectionString(database), table);

    private static void Are(string[] expected, string[] actual) => Assert.Equal(expected, actual);

    private static async Task<string[]> FindAsync(string connection, SinkTable table) =>
        [.. TableComparison.Compare(table, await ReadAsync(connection, table), new PostgreSqlDialect()).Select(f => f.Message)];

    private static Task<ActualTable?> ReadAsync(PostgreSqlServer server, string database, SinkTable table) => ReadAsync(server.ConnectionString(database), table);

    private static async Task<ActualTable?> ReadAsync(string connectionString, SinkTable table)
    {
        // As Hologres is connected to.
        await using var connection = new NpgsqlConnection($"{connectionString};Server Compatibility Mode=NoTypeLoading");
        await connection.OpenAsync(Stop);
        return await PostgreSqlCatalog.ReadAsync(connection, table, Stop);
    }
}
