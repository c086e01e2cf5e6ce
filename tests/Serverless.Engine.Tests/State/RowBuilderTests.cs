using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.State;

public sealed class RowBuilderTests
{
    [Fact]
    public void The_clock_of_a_row_is_cut_to_milliseconds()
    {
        var compiled = new CompiledJob(JobHarness.Compile("""
            CREATE TABLE s (k STRING) WITH ('connector' = 'kafka');
            CREATE TABLE r (k STRING, made TIMESTAMP_LTZ(6), c BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO r SELECT k, CURRENT_TIMESTAMP, COUNT(*) FROM s GROUP BY k;
            """));
        var group = new Group(compiled, "a");
        var now = JobHarness.Now.AddMilliseconds(5).AddTicks(6789);
        var slices = new Ingestor(compiled, "t").Process([new Record(0, 0, 0, Encoding.UTF8.GetBytes("""{"k":"a"}"""))]).Groups.Single().Slices;
        var row = group.Apply(slices.Span, new RowBuilder(compiled), now).Rows.Single();
        Assert.Equal(JobHarness.Now.AddMilliseconds(5), row.Values[1]);
    }
}
