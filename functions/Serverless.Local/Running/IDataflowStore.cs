using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>Where a job of several stages keeps its operators' state, its read offsets, the rows that wait for its sink, and, if they have a key, those that are written.</summary>
internal interface IDataflowStore : IStateStore
{
    /// <summary>Reads the read offsets, null if there are none, and the rows that wait for the sink.</summary>
    Task<(byte[]? Offsets, IReadOnlyList<RowChange> Rows)> LoadStagesAsync(CancellationToken cancellationToken);

    /// <summary>Stores what has changed and the rows that wait for the sink, all or nothing.</summary>
    /// <param name="states">The states, the read offsets among them; empty bytes for a key that is no more.</param>
    /// <param name="waiting">The rows that have come to wait.</param>
    /// <param name="written">The keys of rows that wait no more, and whether they are rows that are there now: not deletes, and not rows without a key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The keys there are.</returns>
    Task<long> SaveStagesAsync(
        IReadOnlyList<(int Stage, byte[] Key, byte[] State)> states, IReadOnlyList<RowChange> waiting, IReadOnlyList<(string Key, bool IsThere)> written, CancellationToken cancellationToken);
}
