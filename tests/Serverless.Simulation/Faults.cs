namespace Serverless.Simulation;

/// <summary>What goes wrong in a run, and until when. A run has some kinds of faults and not others: what one breaks another may heal.</summary>
internal sealed class Faults(Random random)
{
    private readonly int _mostToDeath = random.Next(3) == 0 ? 200 : 25;
    private readonly int _longestDelay = random.Next(2) == 0 ? 180_000 : 600_000;
    private int _toDeath = random.Next(2, 60);
    private int _dying;

    /// <summary>Whether worker processes die, and what they had in hand counts as done.</summary>
    public bool HasDeaths { get; set; } = random.Next(3) > 0;

    /// <summary>Whether messages overtake each other, executions repeat, and databases and storage are away.</summary>
    public bool HasDisorder { get; set; } = random.Next(8) > 0;

    /// <summary>Whether things go wrong now.</summary>
    public bool IsActive { get; set; }

    /// <summary>What else dies with a worker process.</summary>
    public Action Death { get; set; } = () => { };

    /// <summary>Whether something goes wrong this time.</summary>
    public bool Strikes(int percent) => IsActive && HasDisorder && random.Next(100) < percent;

    /// <summary>Whether who works now is dying, so that its work is lost. A process has several batches in hand.</summary>
    public bool IsDying()
    {
        if (!IsActive || !HasDeaths)
            return false;
        if (--_toDeath < 0)
        {
            (_toDeath, _dying) = (random.Next(5, _mostToDeath), random.Next(1, 9));
            Death();
        }
        return _dying-- > 0;
    }

    /// <summary>How long a message is on its way, in milliseconds.</summary>
    public int Delay() => !IsActive || !HasDisorder ? random.Next(100) : random.Next(20) switch { 0 => random.Next(_longestDelay), < 5 => random.Next(20_000), _ => random.Next(500) };
}
