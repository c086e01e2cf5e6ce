using Serverless.Engine.Runtime;

namespace Serverless.Connectors.Lookup;

/// <summary>A table of a database that rows are looked up in by key. It writes nothing.</summary>
public interface ITableLookup : ILookup, IAsyncDisposable
{
    /// <summary>Connects, and makes sure that the table can be read as the script's.</summary>
    /// <exception cref="SinkUnavailableException">The database cannot be reached now.</exception>
    /// <exception cref="ConnectorException">The table is not as the script needs it, or the user may not read it.</exception>
    Task OpenAsync(CancellationToken cancellationToken);
}
