namespace Serverless.Queries.Tests.Nexmark;

public sealed class NexmarkTests
{
    [Fact]
    public void Nexmarks_questions_have_DuckDBs_answers()
    {
        using var output = new StringWriter();
        var code = NexmarkQueries.Run(100_000, output);
        TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        Assert.True(code == 0, output.ToString());
    }
}
