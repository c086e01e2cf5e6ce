using Serverless.Connectors;

namespace Serverless.Simulation.Dataflows;

/// <summary>What goes wrong in a run: so many kills, and then none. A run has kills at some moments, often or now and then, and not at others: what one breaks another may heal.</summary>
internal sealed class DataflowFaults(Random random, Action<string> trace)
{
    private readonly Dictionary<string, int> _oneIn = [];
    private readonly int _awayOneIn = random.Next(3) switch { 0 => 0, 1 => 3, _ => 12 };
    private int _kills = random.Next(2, 16);

    /// <summary>Whether things still go wrong.</summary>
    public bool IsActive => _kills > 0;

    /// <summary>Kills the process now and then.</summary>
    /// <param name="where">Where it is.</param>
    public void MayKill(string where)
    {
        if (IsDue(where))
            Kill(where);
    }

    /// <summary>Whether the process is to be killed.</summary>
    /// <param name="where">Where it is.</param>
    public bool IsDue(string where)
    {
        if (_kills == 0)
            return false;
        if (!_oneIn.TryGetValue(where, out var oneIn))
            _oneIn.Add(where, oneIn = random.Next(5) switch { 0 => 2, 1 => 6, 2 => 40, _ => 0 });
        return oneIn > 0 && random.Next(oneIn) == 0;
    }

    /// <summary>Kills the process.</summary>
    public void Kill(string where)
    {
        _kills--;
        trace($"killed {where}");
        throw new KilledException(where);
    }

    /// <summary>Cannot be reached now and then.</summary>
    public void MayBeAway(string what)
    {
        if (!IsActive || _awayOneIn == 0 || random.Next(_awayOneIn) != 0)
            return;
        trace($"{what} cannot be reached");
        throw new SinkUnavailableException($"{what} cannot be reached");
    }
}
