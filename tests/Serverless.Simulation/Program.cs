using System.CommandLine;
using Serverless.Simulation;

var seeds = new Argument<int>("seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 1000 };
var first = new Option<int>("--first") { Description = "The first seed." };
var bug = new Option<Bug>("--bug") { Description = "A deliberate mistake to put in." };
var replay = new Option<int?>("--replay") { Description = "Runs one seed and prints every step." };
var root = new RootCommand("Runs the state machines of durable entities under a seeded scheduler with every fault there is, and compares the tables with the oracle.") { seeds, first, bug, replay };
root.SetAction(arguments => arguments.GetValue(replay) is { } seed
    ? Simulator.Replay(seed, arguments.GetValue(bug), Console.Out)
    : Simulator.Run(arguments.GetValue(first), arguments.GetValue(seeds), arguments.GetValue(bug), Console.Out));
return root.Parse(args).Invoke();
