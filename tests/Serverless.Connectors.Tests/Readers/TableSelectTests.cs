using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Databases.Sqlite;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Readers;

public sealed class TableSelectTests
{
    private static readonly SinkTable Table = new(
        Tables.Make([new("a\"`b", SqlType.String, true), new("d", SqlType.Decimal(10, 2), false), new("f", SqlType.Float, false)], [0], name: "t;"), "s", "t;") { MaxRows = 1 };

    private static readonly TableQuery Query = new() { Filters = [(0, "x'"), (1, "1.50"), (2, "0.5")], OrderBy = 1, Descending = true, Limit = 10 };

    [Fact]
    public void PostgreSQL_is_asked_in_its_words()
    {
        var (rows, values) = (new PostgreSqlSelect(Table).Rows(Query), new PostgreSqlSelect(Table).Values(1, 5));

        Assert.Equal(
            """
            SELECT t."a""`b"::text, t."d"::text, t."f"::real FROM "s"."t;" AS t WHERE t."a""`b" = $1::text AND t."d" = $2::numeric AND t."f" = $3::real ORDER BY t."d" DESC NULLS LAST, t."a""`b" LIMIT 11
            """,
            rows.Text);
        Assert.Equal(["x'", "1.50", "0.5"], rows.Values);
        Assert.Equal("""SELECT t."d"::text FROM "s"."t;" AS t WHERE t."d" IS NOT NULL GROUP BY t."d" ORDER BY t."d" DESC LIMIT 5""", values.Text);
    }

    [Fact]
    public void MySQL_is_asked_in_its_words()
    {
        var (rows, values) = (new MySqlSelect(Table).Rows(Query), new MySqlSelect(Table).Values(1, 5));

        Assert.Equal(
            """
            SELECT CAST(t.`a"``b` AS CHAR), CAST(t.`d` AS CHAR), t.`f` + 0e0 FROM `s`.`t;` AS t WHERE t.`a"``b` = ? AND t.`d` = CAST(? AS DECIMAL(10, 2)) AND t.`f` + 0e0 = ? ORDER BY t.`d` IS NULL, t.`d` DESC, t.`a"``b` LIMIT 11
            """,
            rows.Text);
        Assert.Equal(["x'", "1.50", 0.5], rows.Values);
        Assert.Equal("SELECT CAST(t.`d` AS CHAR) FROM `s`.`t;` AS t WHERE t.`d` IS NOT NULL GROUP BY t.`d` ORDER BY t.`d` DESC LIMIT 5", values.Text);
    }

    [Fact]
    public void SQLite_is_asked_in_its_words()
    {
        var (rows, values) = (new SqliteSelect(Table.Definition).Rows(Query), new SqliteSelect(Table.Definition).Values(1, 5));

        Assert.Equal(
            """
            SELECT t."a""`b", t."d", t."f" FROM "t;" AS t WHERE t."a""`b" = $0 AND t."d" = $1 AND t."f" = $2 ORDER BY t."d" COLLATE decimals DESC NULLS LAST, t."a""`b" LIMIT 11
            """,
            rows.Text);
        Assert.Equal(["x'", "1.50", 0.5], rows.Values);
        Assert.Equal("""SELECT t."d" FROM "t;" AS t WHERE t."d" IS NOT NULL GROUP BY t."d" ORDER BY t."d" COLLATE decimals DESC LIMIT 5""", values.Text);
    }
}
