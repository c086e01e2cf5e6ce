using Serverless.Queries.Tests;
using Serverless.Simulation.Dataflows;

namespace Serverless.Simulation.Tests;

/// <summary>A fixed set of seeds; any number with <c>dotnet run -c Release --project tests/Serverless.Simulation -- dataflow 10000</c>.</summary>
public sealed class DataflowSimulationTests(SimulatedQueries queries) : IClassFixture<SimulatedQueries>
{
    private const int Seeds = 60;
    private const int EnoughToFindABug = 200;

    public static TheoryData<string> Bugs => [.. Enum.GetNames<DataflowBug>().Where(b => b != nameof(DataflowBug.None))];

    [Fact]
    public async Task Whatever_happens_to_a_job_of_several_stages_its_table_is_what_DuckDB_answers()
    {
        using var oracle = new Oracle();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var difference = await RunAsync(seed, DataflowBug.None, oracle);
            Assert.True(difference is null, $"seed {seed} differs; step by step: dotnet run -c Release --project tests/Serverless.Simulation -- dataflow --replay {seed}\n{difference}");
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public async Task Every_deliberate_bug_of_a_host_is_found_within_two_hundred_seeds(string name)
    {
        var bug = Enum.Parse<DataflowBug>(name);
        using var oracle = new Oracle();
        for (var seed = 0; seed < EnoughToFindABug; seed++)
            if (await RunAsync(seed, bug, oracle) is not null)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{name}: found by seed {seed}");
                return;
            }

        Assert.Fail($"{name} is not found by {EnoughToFindABug} seeds");
    }

    [Fact]
    public async Task A_seed_of_several_stages_replays_its_run_step_by_step()
    {
        var (first, second) = (new StringWriter(), new StringWriter());
        await Simulator.ReplayAsync(7, DataflowBug.None, first);
        await Simulator.ReplayAsync(7, DataflowBug.None, second);
        Assert.Equal(first.ToString(), second.ToString());
        Assert.EndsWith("the table equals the oracle", first.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    private Task<string?> RunAsync(int seed, DataflowBug bug, Oracle oracle) => new DataflowWorld(seed, queries.Get(seed), bug).RunAsync(oracle, TestContext.Current.CancellationToken);
}
