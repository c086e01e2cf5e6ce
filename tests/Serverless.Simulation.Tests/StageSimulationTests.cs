using Serverless.Simulation.Dataflows;
using Serverless.Simulation.Stages;

namespace Serverless.Simulation.Tests;

/// <summary>A fixed set of seeds; any number with <c>dotnet run -c Release --project tests/Serverless.Simulation -- stages 10000</c>.</summary>
public sealed class StageSimulationTests(SimulatedQueries queries) : IClassFixture<SimulatedQueries>
{
    private const int Seeds = 50;
    private const int EditedSeeds = 40;
    private const int LookupSeeds = 70;
    private const int ChangelogSeeds = 50;
    private const int WatermarkSeeds = 120;
    private const int EnoughToFindABug = 200;

    private static readonly string[] OtherBugs = [nameof(StageBug.None), nameof(StageBug.ExchangeByTheAnswer), nameof(StageBug.OvertakeDeltas), nameof(StageBug.OvertakeRecords)];

    public static IEnumerable<TheoryDataRow<string>> Bugs => Enum.GetNames<StageBug>().Except(OtherBugs).Select(b => new TheoryDataRow<string>(b));

    [Fact]
    public async Task Whatever_happens_to_a_query_of_several_stages_its_table_is_that_of_one_machine()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var difference = await StageSimulator.RunAsync(seed, new QueryStageJob(queries.Get(seed)), StageBug.None, TestContext.Current.CancellationToken);
            Assert.True(difference is null, $"seed {seed} differs; step by step: dotnet run -c Release --project tests/Serverless.Simulation -- stages --replay {seed}\n{difference}");
        }
    }

    [Fact]
    public async Task Of_a_script_that_is_edited_in_the_middle_nothing_is_left_but_the_table_of_the_last_one()
    {
        for (var (seed, edited) = (0, 0); edited < EditedSeeds; seed++)
        {
            if (queries.Get(seed).Edited is null)
                continue;
            edited++;
            var difference = await StageSimulator.RunAsync(seed, QueryStageJob.Edited(queries.Get(seed)), StageBug.None, TestContext.Current.CancellationToken);
            Assert.True(difference is null, $"seed {seed} differs; step by step: dotnet run -c Release --project tests/Serverless.Simulation -- stages --replay {seed}\n{difference}");
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public async Task Every_deliberate_bug_in_the_channels_is_found_within_two_hundred_seeds(string name)
    {
        var bug = Enum.Parse<StageBug>(name);
        for (var seed = 0; seed < EnoughToFindABug; seed++)
            if (await StageSimulator.RunAsync(seed, new QueryStageJob(queries.Get(seed)), bug, TestContext.Current.CancellationToken) is not null)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{name}: found by seed {seed}");
                return;
            }

        Assert.Fail($"{name} is not found by {EnoughToFindABug} seeds");
    }

    [Fact]
    public async Task Tables_that_are_changelogs_come_to_the_same_as_on_one_machine()
    {
        for (var seed = 0; seed < ChangelogSeeds; seed++)
        {
            var job = await ChangelogQuery.OfAsync(seed, TestContext.Current.CancellationToken);
            var difference = await StageSimulator.RunAsync(seed, job, StageBug.None, TestContext.Current.CancellationToken);
            Assert.True(difference is null, $"seed {seed} differs; step by step: dotnet run -c Release --project tests/Serverless.Simulation -- changelogs --replay {seed}\n{difference}");
        }
    }

    [Fact]
    public async Task Of_a_table_that_answers_something_else_whenever_it_is_asked_each_record_has_one_answer_as_a_whole()
    {
        for (var seed = 0; seed < LookupSeeds; seed++)
        {
            var difference = await StageSimulator.RunAsync(seed, new LookupStageJob(seed), StageBug.None, TestContext.Current.CancellationToken);
            Assert.True(difference is null, $"seed {seed} is wrong; step by step: dotnet run -c Release --project tests/Serverless.Simulation -- lookups --replay {seed}\n{difference}");
        }
    }

    [Fact]
    public async Task A_window_that_waits_for_the_watermark_is_written_once_and_as_on_one_machine()
    {
        for (var seed = 0; seed < WatermarkSeeds; seed++)
        {
            var difference = await StageSimulator.RunAsync(seed, new WatermarkStageJob(seed), StageBug.None, TestContext.Current.CancellationToken);
            Assert.True(difference is null, $"seed {seed} is wrong; step by step: dotnet run -c Release --project tests/Serverless.Simulation -- watermarks --replay {seed}\n{difference}");
        }
    }

    [Theory]
    [InlineData(nameof(StageBug.OvertakeDeltas))]
    [InlineData(nameof(StageBug.OvertakeRecords))]
    [InlineData(nameof(StageBug.AddEveryDelivery))]
    [InlineData(nameof(StageBug.SendBeforeStoring))]
    public async Task A_watermark_that_overtakes_rows_is_found(string name)
    {
        for (var seed = 0; seed < EnoughToFindABug; seed++)
            if (await StageSimulator.RunAsync(seed, new WatermarkStageJob(seed), Enum.Parse<StageBug>(name), TestContext.Current.CancellationToken) is not null)
                return;
        Assert.Fail($"{name} is not found by {EnoughToFindABug} seeds");
    }

    [Fact]
    public async Task Rows_that_go_where_their_answer_says_at_once_are_found_to_count_twice()
    {
        for (var seed = 0; seed < LookupSeeds; seed++)
            if (await StageSimulator.RunAsync(seed, new LookupStageJob(seed), StageBug.ExchangeByTheAnswer, TestContext.Current.CancellationToken) is not null)
                return;
        Assert.Fail($"not found by {LookupSeeds} seeds");
    }
}
