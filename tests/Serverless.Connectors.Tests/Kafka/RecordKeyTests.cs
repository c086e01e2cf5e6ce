using System.Text;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Kafka;

/// <summary>What of a line becomes the key of its record.</summary>
public sealed class RecordKeyTests
{
    private static readonly TableColumn[] Columns = [new("k_id", SqlType.BigInt, true), new("k_name", SqlType.String, true), new("n", SqlType.Int, false)];

    [Theory]
    [InlineData("upsert-kafka", "key.format = json", """{"k_id":1,"k_name":"a","n":2}""", """{"k_id":1,"k_name":"a"}""")]
    [InlineData("upsert-kafka", "key.format = json\nvalue.fields-include = EXCEPT_KEY\nkey.fields-prefix = k_", """{"k_name":"ü","k_id":1}""", """{"id":1,"name":"\u00FC"}""")]
    [InlineData("upsert-kafka", "key.format = json", """{"k_id":1,"n":2}""", null)]
    [InlineData("upsert-kafka", "key.format = json", "[1]", null)]
    [InlineData("upsert-kafka", "key.format = json", "no JSON", null)]
    [InlineData("kafka", "key.format = raw\nkey.fields = k_name", """{"k_id":1,"k_name":"a","n":2}""", "a")]
    [InlineData("kafka", "key.format = csv\nkey.fields = k_id", """{"k_id":1,"k_name":"a","n":2}""", "1")]
    public void A_lines_key_is_what_the_table_reads_as_one(string connector, string options, string line, string? expected)
    {
        var key = RecordKey.Of(Tables.Make(Columns, [0, 1], $"connector = {connector}\n{options}"));

        Assert.NotNull(key);
        Assert.Equal(expected, key.Of(Encoding.UTF8.GetBytes(line)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null);
    }

    [Theory]
    [InlineData("kafka", "format = json")]
    [InlineData("upsert-kafka", "key.format = avro")]
    [InlineData("upsert-kafka", "key.format = raw")]
    public void A_table_that_reads_no_key_or_one_that_is_not_made_here_has_none(string connector, string options) =>
        Assert.Null(RecordKey.Of(Tables.Make(Columns, [0, 1], $"connector = {connector}\n{options}")));
}
