using Serverless.Engine.State;

namespace Serverless.Connectors.Databases;

/// <summary>One connection to one kind of database, which writes the rows of one table. Used by one caller at a time.</summary>
internal interface IDatabase : IAsyncDisposable
{
    /// <summary>Whether there is a connection, as far as is known.</summary>
    bool IsConnected { get; }

    /// <summary>Connects; what was connected is closed.</summary>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Drops the connection.</summary>
    Task DisconnectAsync();

    /// <summary>The table as the database has it; null where it has none of that name.</summary>
    Task<ActualTable?> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Makes the table, as the server that is there needs it.</summary>
    /// <param name="dialect">The SQL of the kind of database that the script names.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task CreateAsync(Dialect dialect, CancellationToken cancellationToken);

    /// <summary>Writes rows, at most one of a key, in one statement, which is a transaction of its own. Without rows, it finds whether it could.</summary>
    Task UpsertAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken);

    /// <summary>Deletes rows by key, or makes all but their keys NULL as the table's strategy says, in one statement.</summary>
    Task DeleteAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken);

    /// <summary>What an exception of the above means.</summary>
    DatabaseFailure Classify(Exception exception);

    /// <summary>What an exception of the above says: the database's own words and its code, never a secret.</summary>
    string Describe(Exception exception);
}
