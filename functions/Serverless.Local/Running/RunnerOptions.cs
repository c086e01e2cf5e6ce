using Serverless.Connectors;
using Serverless.Engine.Sql;

namespace Serverless.Local.Running;

/// <summary>How a <see cref="JobRunner"/> works.</summary>
internal sealed record RunnerOptions
{
    /// <summary>The most records of a batch.</summary>
    public int MaxRecords { get; init; } = 10_000;

    /// <summary>How long rows may be held back to be written together.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a source is silent before it counts as quiet, and rows are written at once.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the lag is asked for.</summary>
    public TimeSpan LagInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait before the second attempt to reach a sink; each further wait is twice as long.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many rows may wait. If there are more, they are written at once, or reading stops if they cannot be.</summary>
    public int MaxPendingRows { get; init; } = 100_000;

    /// <summary>Whether every row is written again.</summary>
    public bool Rewrite { get; init; }

    /// <summary>The sources, by their places among the job's, that are not read from their beginning but from somewhere that the script names.</summary>
    public IReadOnlySet<int> StartsElsewhere { get; init; } = new HashSet<int>();

    /// <summary>The connectors that former scripts are compiled with.</summary>
    public IConnectorCatalog Connectors { get; init; } = new ConnectorCatalog();

    /// <summary>The bytes that stored groups may take up in memory.</summary>
    public long MaxStateBytes { get; init; } = Memory.ForStates;
}
