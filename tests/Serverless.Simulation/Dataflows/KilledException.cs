namespace Serverless.Simulation.Dataflows;

/// <summary>Ends a simulated process.</summary>
internal sealed class KilledException(string where) : Exception($"killed {where}");
