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
var stages = new Command("stages", "Runs random queries of several stages on durable entities with every fault there is, and compares the tables with those of one machine.") { seeds, first, stageBug, replay };
stages.SetAction((arguments, stop) => arguments.GetValue(replay) is { } seed
    ? StageSimulator.ReplayAsync(seed, RandomQuery, arguments.GetValue(stageBug), Console.Out, stop)
    : StageSimulator.RunAsync(arguments.GetValue(first), arguments.GetValue(seeds), RandomQuery, arguments.GetValue(stageBug), Console.Out, stop));
var lookups = new Command("lookups", "Runs queries on durable entities that look rows up in tables which answer anything, and makes sure that each record has one answer.") { seeds, first, stageBug, replay };
lookups.SetAction((arguments, stop) => arguments.GetValue(replay) is { } seed
    ? StageSimulator.ReplayAsync(seed, s => new LookupStageJob(s), arguments.GetValue(stageBug), Console.Out, stop)
    : StageSimulator.RunAsync(arguments.GetValue(first), arguments.GetValue(seeds), s => new LookupStageJob(s), arguments.GetValue(stageBug), Console.Out, stop));
var root = new RootCommand("Runs the state machines of durable entities under a seeded scheduler with every fault there is, and compares the tables with the oracle.") { seeds, first, bug, replay, dataflow, stages, lookups };
root.SetAction(arguments => arguments.GetValue(replay) is { } seed
    ? Simulator.Replay(seed, arguments.GetValue(bug), Console.Out)
    : Simulator.Run(arguments.GetValue(first), arguments.GetValue(seeds), arguments.GetValue(bug), Console.Out));
return await root.Parse(args).InvokeAsync();

static StageJob RandomQuery(int seed) => new QueryStageJob(SimulatedQuery.Of(seed));
