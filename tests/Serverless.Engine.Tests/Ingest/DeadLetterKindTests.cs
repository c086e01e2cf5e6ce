using System.Text;
using Serverless.Engine.Ingest;

namespace Serverless.Engine.Tests.Ingest;

public sealed class DeadLetterKindTests
{
    [Theory]
    [InlineData("{", DeadLetterKind.Record)]
    [InlineData("""{"k":"2021-12-01","v":1} {}""", DeadLetterKind.Record)]
    [InlineData("""{"k":"2021-12-01","v":"x","r":{"a":1}}""", DeadLetterKind.Field)]
    [InlineData("""{"k":"2021-12-01","v":1,"r":7}""", DeadLetterKind.Field)]
    [InlineData("""{"k":"2021-12-01","r":{"a":1}}""", DeadLetterKind.Field)]
    [InlineData("""{"k":"no day","v":1,"r":{"a":1}}""", DeadLetterKind.Expression)]
    public void A_letters_kind_says_what_is_wrong_with_its_record(string json, DeadLetterKind kind)
    {
        var job = JobHarness.Compile("""
            CREATE TABLE s (k STRING, v BIGINT, r ROW<a BIGINT>) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json', 'json.fail-on-missing-field' = 'true');
            CREATE TABLE o (k DATE, v BIGINT, a BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO o SELECT CAST(k AS DATE), SUM(v), SUM(r.a) FROM s GROUP BY CAST(k AS DATE);
            """);

        var batch = new Ingestor(new CompiledJob(job), "t").Process([new Record(0, 0, 0, Encoding.UTF8.GetBytes(json))]);

        Assert.Equal(kind, Assert.Single(batch.DeadLetters).Kind);
    }
}
