namespace Serverless.Queries.Tests;

public sealed class RandomQueryTests
{
    [Fact]
    public void Random_queries_come_to_the_rows_that_DuckDB_gives()
    {
        using var output = new StringWriter();
        Assert.True(RandomQueries.Run(1, 2000, output) == 0, output.ToString());
    }

    public static TheoryData<string> Mistakes => [.. Mistake.All.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_in_an_operator_is_found_within_200_queries(string name)
    {
        var mistake = Mistake.All.First(m => m.Name == name);
        using var oracle = new Oracle();
        var found = Enumerable.Range(1, 200).FirstOrDefault(seed => RandomQueries.Finds(new RandomQuery(seed), oracle, mistake));
        Assert.True(found > 0, $"{name}: not found by 200 queries");
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: found by query {found}");
    }
}
