using Serverless.Connectors.Databases.PostgreSql;

namespace Serverless.Connectors.Tests.PostgreSql;

public class PostgreSqlNameTests
{
    [Theory]
    [InlineData("consume", null, "consume")]
    [InlineData("Consume", null, "consume")]
    [InlineData("public.consume", "public", "consume")]
    [InlineData("\"Consume\"", null, "Consume")]
    [InlineData("Sales.\"Order \"\"x\"\"; drop\"", "sales", "Order \"x\"; drop")]
    [InlineData("\"a.b\".\"c.d\"", "a.b", "c.d")]
    [InlineData("消费_2$", null, "消费_2$")]
    public void A_name_is_read_as_PostgreSQL_reads_it(string text, string? schema, string table) =>
        Assert.Equal(new PostgreSqlName(schema, table), PostgreSqlName.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a.b.c")]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("\"a")]
    [InlineData("\"\"")]
    [InlineData("\"a\"b")]
    [InlineData("\"a\".")]
    [InlineData("t; drop table t")]
    public void What_is_no_name_is_not_read(string text) => Assert.False(PostgreSqlName.TryParse(text, out _));
}
