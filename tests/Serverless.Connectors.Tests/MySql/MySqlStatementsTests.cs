using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.MySql;

/// <summary>
/// The statements' very words. MySQL 5.7 has no row alias (<c>VALUES (…) AS new</c>), no <c>VALUES ROW(…)</c> and no <c>WITH</c>; MySQL of any version
/// has no <c>VALUE(c)</c>, <c>RETURNING</c> or <c>INSERT … SET … ON CONFLICT</c>, which MariaDB or others have. What stands here, all have.
/// </summary>
public class MySqlStatementsTests
{
    private static readonly SinkTable Sales = new(
        Tables.Make([new("day", SqlType.Date, true), new("shop", SqlType.String, true), new("sum", SqlType.Decimal(38, 2), false), new("n", SqlType.BigInt, false)], [0, 1]), "db", "sales")
    {
        MaxRows = 10,
    };

    [Fact]
    public void An_upsert_has_a_place_for_every_value()
    {
        var statement = new MySqlStatements(Sales).Upsert([Row(1, new Number(5), null), Row(2, null, 7L)]);

        Assert.Equal(
            "INSERT INTO `db`.`sales` (`day`, `shop`, `sum`, `n`) VALUES (?, ?, ?, ?), (?, ?, ?, ?) ON DUPLICATE KEY UPDATE `sum` = VALUES(`sum`), `n` = VALUES(`n`)",
            statement.Text);
        Assert.Equal(["2021-12-01", "s", "5.00", DBNull.Value, "2021-12-01", "s", DBNull.Value, 7L], statement.Values);
    }

    [Fact]
    public void With_a_version_column_older_rows_change_nothing_and_the_version_is_assigned_last()
    {
        var table = Sales with { Schema = null, VersionColumn = "v", IgnoresNull = true };

        var statement = new MySqlStatements(table).Upsert([Row(3, null, null)]);

        Assert.Equal(
            "INSERT INTO `sales` (`day`, `shop`, `sum`, `n`, `v`) VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
            + "`sum` = IF(`v` IS NULL OR VALUES(`v`) >= `v`, COALESCE(VALUES(`sum`), `sum`), `sum`), "
            + "`n` = IF(`v` IS NULL OR VALUES(`v`) >= `v`, COALESCE(VALUES(`n`), `n`), `n`), "
            + "`v` = GREATEST(COALESCE(`v`, VALUES(`v`)), VALUES(`v`))",
            statement.Text);
        Assert.Equal(table.StampOf(Row(3)), statement.Values[^1]);
    }

    [Fact]
    public void A_table_of_key_columns_alone_updates_its_key_to_itself()
    {
        var table = new SinkTable(Tables.Make([new("a`b", SqlType.String, true)], [0]), null, "t") { MaxRows = 1, Deletes = DeleteStrategy.SetNull };

        Assert.Equal("INSERT INTO `t` (`a``b`) VALUES (?) ON DUPLICATE KEY UPDATE `a``b` = `a``b`", new MySqlStatements(table).Upsert([Row(1)]).Text);
        Assert.Null(new MySqlStatements(table).Delete([Row(1)]));
    }

    [Fact]
    public void Rows_without_a_key_are_inserted()
    {
        var statements = new MySqlStatements(Sales with { Definition = Sales.Definition with { PrimaryKey = [] } });

        Assert.Equal("INSERT INTO `db`.`sales` (`day`, `shop`, `sum`, `n`) VALUES (?, ?, ?, ?)", statements.Upsert([Row(1, null, 7L)]).Text);
        Assert.Equal("INSERT INTO `db`.`sales` (`day`, `shop`, `sum`, `n`) SELECT NULL, NULL, NULL, NULL FROM DUAL WHERE FALSE", statements.UpsertProbe);
    }

    [Fact]
    public void Rows_are_deleted_by_equations_of_the_key()
    {
        Assert.Equal(
            "DELETE FROM `db`.`sales` WHERE (`day` = ? AND `shop` = ?) OR (`day` = ? AND `shop` = ?)", new MySqlStatements(Sales).Delete([Row(1), Row(2)])!.Text);
        Assert.Equal(
            "DELETE FROM `db`.`sales` WHERE (`day` = ? AND `shop` = ? AND (`v` IS NULL OR `v` <= ?))",
            new MySqlStatements(Sales with { VersionColumn = "v" }).Delete([Row(1)])!.Text);
    }

    [Fact]
    public void A_decimal_key_is_compared_as_a_decimal()
    {
        var table = new SinkTable(Tables.Make([new("d", SqlType.Decimal(38, 2), true)], [0]), null, "t") { MaxRows = 1 };

        Assert.Equal("DELETE FROM `t` WHERE (`d` = CAST(? AS DECIMAL(38, 2)))", new MySqlStatements(table).Delete([new("k", default, true, [new Number(1)])])!.Text);
    }

    [Fact]
    public void Rows_are_emptied_each_with_its_own_version()
    {
        var table = Sales with { Deletes = DeleteStrategy.SetNull };

        Assert.Equal("UPDATE `db`.`sales` SET `sum` = NULL, `n` = NULL WHERE (`day` = ? AND `shop` = ?)", new MySqlStatements(table).Delete([Row(1)])!.Text);
        Assert.Equal(
            "UPDATE `db`.`sales` SET `sum` = NULL, `n` = NULL, `v` = CASE WHEN `day` = ? AND `shop` = ? THEN ? WHEN `day` = ? AND `shop` = ? THEN ? END "
            + "WHERE (`day` = ? AND `shop` = ? AND (`v` IS NULL OR `v` <= ?)) OR (`day` = ? AND `shop` = ? AND (`v` IS NULL OR `v` <= ?))",
            new MySqlStatements(table with { VersionColumn = "v" }).Delete([Row(1), Row(2)])!.Text);
    }

    [Fact]
    public void Whether_rows_could_be_written_is_asked_without_one()
    {
        var statements = new MySqlStatements(Sales);

        Assert.Equal(
            "INSERT INTO `db`.`sales` (`day`, `shop`, `sum`, `n`) SELECT NULL, NULL, NULL, NULL FROM DUAL WHERE FALSE ON DUPLICATE KEY UPDATE `sum` = VALUES(`sum`), `n` = VALUES(`n`)",
            statements.UpsertProbe);
        Assert.Equal("DELETE FROM `db`.`sales` WHERE FALSE AND `day` IS NULL AND `shop` IS NULL", statements.DeleteProbe);
    }

    [Theory]
    [InlineData("sales", null, "sales")]
    [InlineData("shop.sales", "shop", "sales")]
    [InlineData("`shop`.`my sales`", "shop", "my sales")]
    [InlineData("`a``b.c`", null, "a`b.c")]
    [InlineData("my-db.表", "my-db", "表")]
    public void A_tables_name_may_have_a_database_and_backquotes(string text, string? database, string table)
    {
        Assert.True(MySqlName.TryParse(text, out var name));
        Assert.Equal((database, table), (name.Database, name.Table));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("a b")]
    [InlineData("`a`b")]
    [InlineData("`a")]
    [InlineData("a; drop table b")]
    [InlineData(".a")]
    [InlineData("``")]
    public void What_is_no_tables_name_is_refused(string text) => Assert.False(MySqlName.TryParse(text, out _));

    private static Engine.State.RowChange Row(long version, params object?[] rest) => new("k", new(0, 0, version), false, [new DateOnly(2021, 12, 1), "s", .. rest]);
}
