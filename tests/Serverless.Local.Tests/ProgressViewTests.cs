using Serverless.Local.Display;
using Serverless.Local.Running;

namespace Serverless.Local.Tests;

public sealed class ProgressViewTests
{
    [Theory]
    [InlineData(0, "sales: 0 records (3/s), lag –, groups 2, rows written 1,000, dead letters 0")]
    [InlineData(1, "sales: 1 record (3/s), lag –, groups 2, rows written 1,000, dead letters 0")]
    [InlineData(1234, "sales: 1,234 records (3/s), lag –, groups 2, rows written 1,000, dead letters 0")]
    public void A_line_says_how_far_a_job_is(long records, string expected) =>
        Assert.Equal(expected, ProgressView.LineOf(new JobProgress("sales") { Records = records, Groups = 2, RowsWritten = 1000 }, 3).ToString());
}
