namespace Serverless.Simulation.Tests;

/// <summary>A fixed set of seeds; any number with <c>dotnet run -c Release --project tests/Serverless.Simulation -- 10000</c>.</summary>
public sealed class SimulationTests
{
    private const int EnoughToFindABug = 200;

    // As many as find every deliberate bug.
    private const int Seeds = EnoughToFindABug;

    public static IEnumerable<TheoryDataRow<string>> Bugs => Enum.GetNames<Bug>().Where(b => b != nameof(Bug.None)).Select(b => new TheoryDataRow<string>(b));

    [Fact]
    public void Whatever_happens_the_tables_equal_the_oracle()
    {
        var wrong = Simulator.Find(0, Seeds, Bug.None, TestContext.Current.CancellationToken);
        Assert.True(wrong.Count == 0, $"seeds {string.Join(", ", wrong)} differ; step by step: dotnet run -c Release --project tests/Serverless.Simulation -- --replay {string.Join(", ", wrong.Take(1))}");
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Every_deliberate_bug_is_found_within_two_hundred_seeds(string name)
    {
        var bug = Enum.Parse<Bug>(name);
        var jobs = new SimulatedJobs(bug);
        Assert.Contains(Enumerable.Range(0, EnoughToFindABug), seed => new World(seed, jobs, bug).Run() is not null);
    }

    [Fact]
    public void A_seed_replays_its_run_step_by_step()
    {
        var (first, second) = (new StringWriter(), new StringWriter());
        Simulator.Replay(7, Bug.None, first);
        Simulator.Replay(7, Bug.None, second);
        Assert.Equal(first.ToString(), second.ToString());
        Assert.EndsWith("the table equals the oracle", first.ToString().TrimEnd(), StringComparison.Ordinal);
    }
}
