using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.PostgreSql;

/// <summary>The statements' form matters to Hologres, whose fixed plan takes these and few others.</summary>
public class PostgreSqlStatementsTests
{
    private static readonly SinkTable Table = new(
        Tables.Make([new("a", SqlType.String, true), new("n", SqlType.Decimal(10, 2), false), new("b", SqlType.Date, true), new("c", SqlType.BigInt, false)], [0, 2]), "s", "t")
    {
        MaxRows = 1,
    };

    private const string Insert =
        """INSERT INTO "s"."t" AS old ("a", "n", "b", "c") SELECT unnest($1::text[]), unnest($2::numeric[]), unnest($3::date[]), unnest($4::bigint[]) ON CONFLICT ("a", "b") DO """;

    private const string InsertWithVersion =
        """INSERT INTO "s"."t" AS old ("a", "n", "b", "c", "v") SELECT unnest($1::text[]), unnest($2::numeric[]), unnest($3::date[]), unnest($4::bigint[]), unnest($5::bigint[]) ON CONFLICT ("a", "b") DO """;

    [Fact]
    public void Rows_are_upserted_with_an_array_a_column() =>
        Assert.Equal(Insert + """UPDATE SET "n" = excluded."n", "c" = excluded."c" """.TrimEnd(), new PostgreSqlStatements(Table).Upsert);

    [Fact]
    public void A_version_column_is_one_more_array_and_one_condition() => Assert.Equal(
        InsertWithVersion + """UPDATE SET "n" = excluded."n", "c" = excluded."c", "v" = excluded."v" WHERE coalesce(old."v", 0) <= excluded."v" """.TrimEnd(),
        new PostgreSqlStatements(Table with { VersionColumn = "v" }).Upsert);

    [Fact]
    public void A_column_to_compare_is_one_condition() => Assert.Equal(
        Insert + """UPDATE SET "n" = excluded."n", "c" = excluded."c" WHERE excluded."n" > coalesce(old."n", $5::numeric)""",
        new PostgreSqlStatements(Table with { CheckAndPut = new CheckAndPut(1, ">", "0") }).Upsert);

    [Fact]
    public void A_NULL_that_leaves_what_is_there_is_a_coalesce() => Assert.Equal(
        Insert + """UPDATE SET "n" = coalesce(excluded."n", old."n"), "c" = coalesce(excluded."c", old."c")""",
        new PostgreSqlStatements(Table with { IgnoresNull = true }).Upsert);

    [Fact]
    public void Rows_without_a_key_are_inserted() => Assert.Equal(
        Insert[..Insert.IndexOf(" ON CONFLICT", StringComparison.Ordinal)],
        new PostgreSqlStatements(Table with { Definition = Table.Definition with { PrimaryKey = [] } }).Upsert);

    [Fact]
    public void Rows_are_deleted_by_key() => Assert.Equal(
        """DELETE FROM "s"."t" AS old WHERE (old."a", old."b") IN (SELECT unnest($1::text[]), unnest($2::date[]))""",
        new PostgreSqlStatements(Table).Delete);

    [Fact]
    public void Rows_are_deleted_where_their_stamp_is_no_greater() => Assert.Equal(
        """DELETE FROM "s"."t" AS old WHERE (old."a", old."b") IN (SELECT unnest($1::text[]), unnest($2::date[])) """
        + """AND EXISTS (SELECT 1 FROM (SELECT unnest($1::text[]) AS k0, unnest($2::date[]) AS k1, unnest($3::bigint[]) AS stamp) AS gone """
        + """WHERE old."a" = gone.k0 AND old."b" = gone.k1 AND coalesce(old."v", 0) <= gone.stamp)""",
        new PostgreSqlStatements(Table with { VersionColumn = "v" }).Delete);

    [Fact]
    public void Rows_are_made_NULL_by_key() => Assert.Equal(
        """UPDATE "s"."t" AS old SET "n" = NULL, "c" = NULL, "v" = gone.stamp """
        + """FROM (SELECT unnest($1::text[]) AS k0, unnest($2::date[]) AS k1, unnest($3::bigint[]) AS stamp) AS gone """
        + """WHERE old."a" = gone.k0 AND old."b" = gone.k1 AND coalesce(old."v", 0) <= gone.stamp""",
        new PostgreSqlStatements(Table with { VersionColumn = "v", Deletes = DeleteStrategy.SetNull }).Delete);

    [Fact]
    public void Every_type_has_its_array()
    {
        (SqlType Type, string Name)[] types =
        [
            (SqlType.Boolean, "boolean"), (SqlType.TinyInt, "smallint"), (SqlType.SmallInt, "smallint"), (SqlType.Int, "integer"), (SqlType.BigInt, "bigint"),
            (SqlType.Decimal(38, 10), "numeric"), (SqlType.Float, "real"), (SqlType.Double, "double precision"), (SqlType.String, "text"),
            (new SqlType(SqlKind.String, 10), "text"), (SqlType.Bytes, "bytea"), (SqlType.Date, "date"), (SqlType.Time(), "time"),
            (SqlType.Timestamp(), "timestamp"), (SqlType.TimestampLtz(), "timestamptz"),
        ];
        foreach (var (type, name) in types)
        {
            var statements = new PostgreSqlStatements(Table with { Definition = Tables.Make([new("k", type, true)], [0]) });
            Assert.Equal($"INSERT INTO \"s\".\"t\" AS old (\"k\") SELECT unnest($1::{name}[]) ON CONFLICT (\"k\") DO NOTHING", statements.Upsert);
        }
    }
}
