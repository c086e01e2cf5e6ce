using System.CommandLine;
using Serverless.Simulation;
using Serverless.Simulation.Dataflows;
using Serverless.Simulation.Stages;

var seeds = new Argument<int>("seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 1000 };
var first = new Option<int>("--first") { Description = "The first seed." };
var bug = new Option<Bug>("--bug") { Description = "A deliberate mistake to put in." };
var dataflowBug = new Option<DataflowBug>("--bug") { Description = "A deliberate mistake to put in." };
var stageBug = new Option<StageBug>("--bug") { Description = "A deliberate mistake to put in." };
var replay = new Option<int?>("--replay") { Description = "Runs one seed and prints every step." };
var dataflow = new Command("dataflow", "Runs random queries of several stages on one machine's runtime, killed at any point, and compares the tables with DuckDB's answers.") { seeds, first, dataflowBug, replay };
dataflow.SetAction((arguments, _) => arguments.GetValue(replay) is { } seed
    ? Simulator.ReplayAsync(seed, arguments.GetValue(dataflowBug), Console.Out)
    : Simulator.RunAsync(arguments.GetValue(first), arguments.GetValue(seeds), arguments.GetValue(dataflowBug), Console.Out));
var stages = StagesOf(
    "stages", "Runs random queries of several stages on durable entities with every fault there is, and compares the tables with those of one machine. The scripts of some are edited in the middle.", (seed, _) => Task.FromResult<StageJob>(QueryStageJob.Edited(SimulatedQuery.Of(seed))));
var changelogs = StagesOf(
    "changelogs", "Does the same with tables that are changelogs: their records add rows, change them and take them away again.", async (seed, stop) => await ChangelogQuery.OfAsync(seed, stop));
var lookups = StagesOf(
    "lookups", "Runs queries on durable entities that look rows up in tables which answer anything, and makes sure that each record has one answer.", (seed, _) => Task.FromResult<StageJob>(new LookupStageJob(seed)));
var watermarks = StagesOf(
    "watermarks", "Runs windows on durable entities that are written when the watermark has passed, and makes sure that each is written once, as one machine writes it.", (seed, _) => Task.FromResult<StageJob>(new WatermarkStageJob(seed)));
var root = new RootCommand("Runs the state machines of durable entities under a seeded scheduler with every fault there is, and compares the tables with the oracle.") { seeds, first, bug, replay, dataflow, stages, changelogs, lookups, watermarks };
root.SetAction(arguments => arguments.GetValue(replay) is { } seed
    ? Simulator.Replay(seed, arguments.GetValue(bug), Console.Out)
    : Simulator.Run(arguments.GetValue(first), arguments.GetValue(seeds), arguments.GetValue(bug), Console.Out));
return await root.Parse(args).InvokeAsync();

Command StagesOf(string name, string description, Func<int, CancellationToken, Task<StageJob>> jobs)
{
    var command = new Command(name, description) { seeds, first, stageBug, replay };
    command.SetAction((arguments, stop) => arguments.GetValue(replay) is { } seed
        ? StageSimulator.ReplayAsync(seed, s => jobs(s, stop), arguments.GetValue(stageBug), Console.Out, stop)
        : StageSimulator.RunAsync(arguments.GetValue(first), arguments.GetValue(seeds), s => jobs(s, stop), arguments.GetValue(stageBug), Console.Out, stop));
    return command;
}
