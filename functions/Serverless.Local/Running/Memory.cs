using System.Globalization;

namespace Serverless.Local.Running;

/// <summary>The memory limit of the process, and what happens if it needs more.</summary>
internal static class Memory
{
    /// <summary>What to do about too little of it.</summary>
    public const string Advice =
        "give the process more memory (its container's limit, or DOTNET_GCHeapHardLimit), or keep less state with 'table.exec.state.ttl'; nothing is lost: the next run with the same --state and the same brokers goes on where this one ends";

    private const long MostForStates = 256L << 20;
    private const double Nearly = 0.9;

    /// <summary>The bytes that all jobs' states may take up in memory: a quarter of what the process may have, and at most 256 MiB.</summary>
    public static long ForStates => Math.Min(Available / 4, MostForStates);

    private static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Throws if memory is short although everything was evicted that can be.</summary>
    /// <param name="job">The job.</param>
    /// <param name="largest">Finds its largest state.</param>
    /// <exception cref="CommandException">Memory is short, and the process would be killed.</exception>
    public static void Require(string job, Func<(string Key, long Bytes)?> largest)
    {
        if (!IsShort())
            return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!IsShort())
            return;
        var group = largest() is var (key, bytes) ? string.Create(CultureInfo.InvariantCulture, $"; its largest group, '{key}', takes some {bytes >> 20:N0} MB, and a group is kept whole") : "";
        throw new CommandException(
            string.Create(CultureInfo.InvariantCulture, $"job '{job}' does not fit into {Available >> 20:N0} MB of memory{group}: {Advice}"), ExitCode.Failed);
    }

    private static bool IsShort() => GC.GetTotalMemory(forceFullCollection: false) > Available * Nearly;
}
