namespace Serverless.DurableRuntime.Host;

/// <summary>What becomes of a batch of operations.</summary>
internal enum Loss
{
    /// <summary>It is done and stored.</summary>
    None,

    /// <summary>It is taken for done before anything was.</summary>
    Undone,

    /// <summary>It is done, rows are written, and then its state and signals are lost.</summary>
    Done,
}

/// <summary>Says which batches of operations are lost, the same for the same seed and order of batches.</summary>
/// <param name="options">How likely, and how many at most.</param>
internal sealed class Losses(HostOptions options)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(options.Seed);
    private int _left = options.MostLosses;

    /// <summary>What becomes of the next batch.</summary>
    public Loss Next()
    {
        lock (_lock)
        {
            if (_left == 0 || _random.NextDouble() >= options.Loss)
                return Loss.None;
            _left--;
            return _random.Next(2) == 0 ? Loss.Undone : Loss.Done;
        }
    }
}
