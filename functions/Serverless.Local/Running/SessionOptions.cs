namespace Serverless.Local.Running;

/// <summary>How jobs are run.</summary>
internal sealed record SessionOptions
{
    /// <summary>Whether all topics are read from a broker in this process.</summary>
    public bool EmbeddedBroker { get; init; }

    /// <summary>Whether all database sinks are tables of the folder's results file.</summary>
    public bool EmbeddedSinks { get; init; }

    /// <summary>Whether every row is written again.</summary>
    public bool Rewrite { get; init; }

    /// <summary>Whether missing database tables are created.</summary>
    public bool CreateTables { get; init; }

    /// <summary>What is sent to the topics.</summary>
    public IReadOnlyList<Feed> Feeds { get; init; } = [];

    /// <summary>Whether a run ends when everything is read. Then a missing topic is an error instead of something to wait for.</summary>
    public bool UntilIdle { get; init; }

    /// <summary>How often the sources are asked whether they are drained.</summary>
    public TimeSpan LagInterval { get; init; } = TimeSpan.FromSeconds(1);
}
